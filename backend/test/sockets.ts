// Sockets of clients for specs, over the network as a console or a program opens them.
import { io, type Socket } from 'socket.io-client';
import {
  type Answer,
  type ClientToServer,
  type CommandAnswer,
  type CommandBody,
  type CommandName,
  type ServerMessage,
  type ServerMessageName,
  serverMessages,
  type ServerToClient,
  SOCKET_PATH,
  type SocketProblem,
} from '#contract/realtime/index.js';

/** A client's end of a socket. */
export type TestSocket = Socket<ServerToClient, ClientToServer>;

/** What a client shows beside its token. */
export interface SocketOptions {
  /** Headers of the request that opens it, such as `Origin`. */
  headers?: Record<string, string>;
  /** The address of the machine that it comes from. */
  localAddress?: string;
  /** What is sent as `auth` instead of the token. */
  auth?: Record<string, unknown>;
  /** The certificate that the server is believed by. */
  readonly ca?: string;
}

/** A socket that is about to open. @param url of the server, such as `http://127.0.0.1:3000` */
export function newSocket(url: string, token?: string, options: SocketOptions = {}): TestSocket {
  return io(url, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    auth: options.auth ?? (token === undefined ? {} : { token }),
    ...(options.headers ? { extraHeaders: options.headers } : {}),
    ...(options.localAddress ? { localAddress: options.localAddress } : {}),
    ...(options.ca ? { ca: options.ca } : {}),
  });
}

/** Opens a socket and waits for its first message. @throws Error when it is refused */
export async function openSocket(
  url: string,
  token: string,
  options: SocketOptions = {},
): Promise<{ socket: TestSocket; hello: ServerMessage<'hello'> }> {
  const socket = newSocket(url, token, options);
  const hello = await Promise.race([next(socket, 'hello'), failure(socket)]);
  return { socket, hello };
}

/** Opens a socket that shall be refused. @returns why */
export async function refusalOf(url: string, token?: string, options: SocketOptions = {}): Promise<SocketProblem> {
  const socket = newSocket(url, token, options);
  const refused = new Promise<SocketProblem>((resolve) =>
    socket.once('connect_error', (error) => {
      const { data } = error as Error & { data?: SocketProblem };
      resolve(data ?? { code: 'connection', detail: error.message });
    }),
  );
  const opened = next(socket, 'hello').then(() => ({ code: 'opened', detail: 'It was let in.' }));
  try {
    return await Promise.race([refused, opened]);
  } finally {
    socket.disconnect();
  }
}

function failure(socket: TestSocket): Promise<never> {
  return new Promise((_, reject) =>
    socket.once('connect_error', (error) => {
      const { data } = error as Error & { data?: SocketProblem };
      reject(new Error(data ? `${data.code}: ${data.detail}` : error.message, { cause: error }));
    }),
  );
}

/** The next message of a name, which must look as the contract says. */
export function next<N extends ServerMessageName>(socket: TestSocket, name: N): Promise<ServerMessage<N>> {
  return new Promise((resolve, reject) => {
    (socket as unknown as { once(name: string, heard: (message: unknown) => void): void }).once(name, (message) => {
      const read = serverMessages[name].safeParse(message);
      if (read.success) resolve(read.data as ServerMessage<N>);
      else reject(read.error);
    });
  });
}

/** Sends a command and waits for its acknowledgement. */
export function ask<N extends CommandName>(
  socket: TestSocket,
  name: N,
  body: CommandBody<N>,
): Promise<Answer<CommandAnswer<N>>> {
  return askAnything(socket, name, body) as Promise<Answer<CommandAnswer<N>>>;
}

/** The same with whatever values, for what the contract does not know. */
export function askAnything(socket: TestSocket, name: string, ...values: unknown[]): Promise<Answer<object>> {
  const raw = socket as unknown as { emitWithAck(name: string, ...values: unknown[]): Promise<Answer<object>> };
  return raw.emitWithAck(name, ...values);
}

/** Waits until the server has ended a socket. @returns what it said last */
export async function ended(socket: TestSocket): Promise<SocketProblem> {
  const gone = new Promise<void>((resolve) => socket.once('disconnect', () => resolve()));
  const why = await next(socket, 'ended');
  if (socket.connected) await gone;
  return why;
}
