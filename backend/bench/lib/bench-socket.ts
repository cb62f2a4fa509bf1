// A client of sockets that costs next to nothing: TCP, as much WebSocket and Socket.IO as it takes, and the moments at which
// numbered events arrived.
import { connect, type Socket } from 'node:net';

const UPGRADE =
  'GET /ws/?EIO=4&transport=websocket HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
const PING = Buffer.from([0x81, 0x01, 0x32]);
const LONGEST = 200;

const now = () => Number(process.hrtime.bigint()) / 1e6;

/** A text frame. Its mask is zero, so that the text stands in it as it is. */
function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const long = body.length > 125;
  const head = long ? [0x81, 0xfe, body.length >> 8, body.length & 255] : [0x81, 0x80 | body.length];
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), body]);
}

/** One connection. */
export class BenchSocket {
  /** When events arrived, in milliseconds of the machine's clock, by number. */
  readonly heard = new Map<number, number>();
  /** Until it is let in. */
  readonly opened: Promise<void>;
  alive = true;
  private readonly socket: Socket;
  private before = '';
  private waiting: { text: string; resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(port: number, token?: string) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setNoDelay(true);
    this.socket.on('data', (chunk) => this.read(chunk));
    const over = (why: string) => () => {
      this.alive = false;
      this.waiting?.reject(new Error(`The connection ended (${why}): ${this.before}`));
    };
    this.socket.on('error', over('error'));
    this.socket.on('close', over('close'));
    this.socket.write(UPGRADE);
    const auth = token === undefined ? '{}' : JSON.stringify({ token });
    this.opened = this.until('0{').then(() => {
      this.socket.write(frame(`40${auth}`));
      return this.until('40{');
    });
  }

  /** Watches all events of a workspace, and waits for the answer. */
  async watch(body: object): Promise<void> {
    this.socket.write(frame(`421["watch",${JSON.stringify(body)}]`));
    await this.until('431[{"ok":true');
  }

  close(): void {
    this.socket.destroy();
  }

  private until(text: string): Promise<void> {
    return new Promise((resolve, reject) => (this.waiting = { text, resolve, reject }));
  }

  private read(chunk: Buffer): void {
    const at = now();
    const text = this.before + chunk.toString('latin1');
    for (const [, n] of text.matchAll(/#(\d+)#/g)) if (!this.heard.has(Number(n))) this.heard.set(Number(n), at);
    if (chunk.includes(PING)) this.socket.write(frame('3'));
    const { waiting } = this;
    if (waiting && text.includes(waiting.text)) {
      this.waiting = undefined;
      waiting.resolve();
    }
    this.before = text.slice(-LONGEST);
  }
}

/** How long events took to all sockets, in milliseconds. */
export interface Latency {
  p50: number;
  p99: number;
  count: number;
}

/** From `times`, by number of the event, to when each socket heard it. @throws Error when one did not */
export function latencyOf(sockets: readonly BenchSocket[], times: Record<number, number>): Latency {
  const took = sockets.flatMap(({ heard }) =>
    Object.entries(times).map(([n, sent]) => {
      const at = heard.get(Number(n));
      if (at === undefined) throw new Error(`A socket did not hear event ${n}.`);
      return at - sent;
    }),
  );
  took.sort((a, b) => a - b);
  const at = (part: number) => took[Math.floor(took.length * part)] ?? 0;
  return { p50: at(0.5), p99: at(0.99), count: took.length };
}
