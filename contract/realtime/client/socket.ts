/** What is needed of a socket of `socket.io-client`. */
export interface ClientSocket {
  readonly connected: boolean;
  on(name: string, heard: (...values: never[]) => void): unknown;
  emit(name: string, ...values: unknown[]): unknown;
  connect(): unknown;
  disconnect(): unknown;
}

/** Makes a socket that is not connected yet: `io` of `socket.io-client`. */
export type OpenSocket = (url: string, options: Record<string, unknown>) => ClientSocket;
