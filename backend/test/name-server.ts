// A name server on the loopback interface, whose answers a spec decides one by one.
import { createSocket, type Socket } from 'node:dgram';
import { Resolver } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The addresses of a name, for one question: it may answer differently each time. */
export type Answers = (name: string, family: 4 | 6) => string[];

const TYPE_A = 1;
const TYPE_AAAA = 28;
const HEADER_BYTES = 12;

/** Speaks as much DNS as it takes to answer for addresses (RFC 1035, section 4), with a life of zero seconds. */
export class NameServer {
  /** The questions so far, such as `a.example A`. */
  readonly asked: string[] = [];

  private constructor(
    private readonly socket: Socket,
    private readonly answers: Answers,
  ) {
    socket.on('message', (question, from) => socket.send(this.reply(question), from.port, from.address));
  }

  static async start(answers: Answers): Promise<NameServer> {
    const socket = createSocket('udp4');
    await new Promise<void>((bound) => socket.bind(0, '127.0.0.1', bound));
    return new NameServer(socket, answers);
  }

  /** Asks it for the addresses of a name, in the shape of `dns.lookup`. */
  readonly resolve = (
    host: string,
    _options: object,
    done: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
  ): void => {
    const resolver = new Resolver({ timeout: 5000, tries: 2 });
    resolver.setServers([`127.0.0.1:${this.socket.address().port}`]);
    const ask = (family: 4 | 6) =>
      new Promise<LookupAddress[]>((found) =>
        resolver[family === 4 ? 'resolve4' : 'resolve6'](host, (error: Error | null, addresses: string[]) =>
          found(error ? [] : addresses.map((address) => ({ address, family }))),
        ),
      );
    void Promise.all([ask(4), ask(6)]).then(([four, six]) => {
      const found = [...four, ...six];
      const missing = Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' });
      done(found.length > 0 ? null : missing, found);
    });
  };

  stop(): Promise<void> {
    return new Promise((closed) => this.socket.close(() => closed()));
  }

  private reply(question: Buffer): Buffer {
    const labels: string[] = [];
    let at = HEADER_BYTES;
    for (let length = question[at++] ?? 0; length > 0; length = question[at++] ?? 0) {
      labels.push(question.toString('latin1', at, at + length));
      at += length;
    }
    const type = question.readUInt16BE(at);
    const asked = question.subarray(HEADER_BYTES, at + 4);
    const name = labels.join('.').toLowerCase();
    this.asked.push(`${name} ${type === TYPE_AAAA ? 'AAAA' : 'A'}`);
    const known = type === TYPE_A || type === TYPE_AAAA ? this.answers(name, type === TYPE_A ? 4 : 6) : [];
    const records = known.filter((address) => isIPv4(address) === (type === TYPE_A)).map((one) => record(one, type));
    const header = Buffer.alloc(HEADER_BYTES);
    question.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8580, 2); // an answer, with authority, recursion available
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    return Buffer.concat([header, asked, ...records]);
  }
}

function record(address: string, type: number): Buffer {
  const bytes = Buffer.from(ipaddr.parse(address).toByteArray());
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc000 | HEADER_BYTES, 0); // the name is that of the question
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(bytes.length, 10);
  return Buffer.concat([head, bytes]);
}
