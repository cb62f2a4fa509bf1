/** Bytes that share their memory with no others, so that they can move to a thread: small buffers of Node lie in a common pool. */
export function ownMemory({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array<ArrayBuffer> {
  const shared = byteLength !== buffer.byteLength || !(buffer instanceof ArrayBuffer);
  const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  return shared ? new Uint8Array(bytes) : bytes;
}
