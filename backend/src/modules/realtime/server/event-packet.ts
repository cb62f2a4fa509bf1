import type { LiveSocket } from './live-socket.js';

const TEXT = 0x81;
const SHORT = 125;
const MOST_OF_16_BITS = 0xffff;

/** What it takes of a connection to put a packet on it. */
interface Wire {
  write(packet: string, options: { readonly wsPreEncodedFrame: readonly [Buffer] }): unknown;
}

/**
 * An event of a watch as it stands on the wire, written once for however many sockets get it. A broadcast of the library
 * would encode it once as well, but look each socket up by its room, and hand header and text to the kernel as two pieces.
 */
export class EventPacket {
  /** A message of Socket.IO's protocol, version 5: an event in the main namespace. */
  private readonly text: string;
  private readonly options: { readonly wsPreEncodedFrame: readonly [Buffer] };

  /** @param event as JSON: what `told` gives */
  constructor(watch: string, event: string) {
    this.text = `2["event",{"watch":${JSON.stringify(watch)},"event":${event}}]`;
    // A message of Engine.IO's protocol, version 4.
    this.options = { wsPreEncodedFrame: [textFrame(`4${this.text}`)] };
  }

  /** Characters of it. */
  get length(): number {
    return this.text.length;
  }

  send({ conn }: LiveSocket): void {
    (conn as unknown as Wire).write(this.text, this.options);
  }
}

/** A text as one unmasked WebSocket frame in one piece (RFC 6455, section 5.2). */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const header = length <= SHORT ? 2 : length <= MOST_OF_16_BITS ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + length);
  frame[0] = TEXT;
  if (header === 2) frame[1] = length;
  else if (header === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, header);
  return frame;
}
