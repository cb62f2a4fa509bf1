import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { dealMail, dealsKit, until, type DealsKit } from '#test/deals-kit.js';
import type { SourceView } from '../sources.schemas.js';
import { SmtpReceiver } from './smtp-receiver.js';

jest.setTimeout(60_000);
const MOST = 3;
/** The relay; the other addresses of the loopback network are clients like any other. */
const RELAY = '127.0.0.9';
let kit: DealsKit;
let source: SourceView;
const open: Client[] = [];

beforeAll(async () => {
  kit = await dealsKit({
    SIGNALBOX_SMTP_IN_HOST: '127.0.0.1',
    SIGNALBOX_SMTP_IN_CONNECTIONS: '12',
    SIGNALBOX_SMTP_IN_CONNECTIONS_PER_ADDRESS: String(MOST),
    SIGNALBOX_SMTP_IN_RELAYS: RELAY,
  });
  source = await kit.source({ kind: 'smtp', name: 'A' });
});
afterEach(async () => {
  const all = open.splice(0);
  for (const client of all) client.leave();
  await until(async () => all.every((client) => client.gone));
});
afterAll(() => kit?.close());

/** A connection from an address of our choice. */
class Client {
  said = '';
  gone = false;
  private readonly socket: Socket;

  constructor(address: string) {
    const port = kit.app.get(SmtpReceiver).port!;
    this.socket = connect({ port, host: '127.0.0.1', localAddress: address });
    this.socket.on('data', (bytes) => (this.said += bytes.toString()));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => (this.gone = true));
    open.push(this);
  }

  /** What it was greeted with. */
  greeting(): Promise<string> {
    return until(async () => /^\d{3} .*\r\n/.exec(this.said)?.[0] ?? (this.gone && 'nothing'));
  }

  leave(): void {
    this.socket.destroy();
  }
}

const greetings = (address: string, count: number) =>
  Promise.all(Array.from({ length: count }, () => new Client(address).greeting()));
const codes = (all: string[]) => all.map((greeting) => greeting.slice(0, 3)).sort();

/** Connects again until the place of a connection that ended is seen to be free. */
const welcomed = (address: string) =>
  until(async () => {
    const client = new Client(address);
    if ((await client.greeting()).startsWith('220')) return client;
    return undefined;
  });

describe('connections from one address', () => {
  it('are taken up to the most, and the next is sent away with a sentence, and closed', async () => {
    expect(codes(await greetings('127.0.0.1', MOST))).toEqual(['220', '220', '220']);
    const refused = new Client('127.0.0.1');
    expect(await refused.greeting()).toBe(
      '421 signalbox.localhost Your address has 3 connections already, which is the most one may have; please try again later.\r\n',
    );
    await until(async () => refused.gone);
  });

  it('that come all at once are counted as well', async () => {
    expect(codes(await greetings('127.0.0.1', 6))).toEqual(['220', '220', '220', '421', '421', '421']);
  });

  it('leave room for other addresses', async () => {
    await greetings('127.0.0.1', MOST + 2);
    expect(codes(await greetings('127.0.0.2', MOST))).toEqual(['220', '220', '220']);
  });

  it('give their place back when they end, whether they were taken or refused, and mail is taken again', async () => {
    await greetings('127.0.0.1', 2 * MOST);
    const [first] = open.filter(({ said }) => said.startsWith('220'));
    first!.leave();
    await welcomed('127.0.0.1');
    expect(codes(await greetings('127.0.0.1', 1))).toEqual(['421']);
    for (const client of open) client.leave();
    (await welcomed('127.0.0.1')).leave();
    await until(() => kit.mail(source.address!, dealMail('After all')).catch(() => undefined));
  });

  it('are not counted when a relay makes them', async () => {
    expect(new Set(codes(await greetings(RELAY, 3 * MOST)))).toEqual(new Set(['220']));
  });

  it('of all clients, relays too, are no more than the port serves', async () => {
    expect(codes(await greetings(RELAY, 14)).filter((code) => code === '421')).toHaveLength(2);
  });
});

describe('the list of relays', () => {
  it('is refused with a sentence when it names no address', async () => {
    await expect(dealsKit({ SIGNALBOX_SMTP_IN_RELAYS: 'relay.example' })).rejects.toThrow('SIGNALBOX_SMTP_IN_RELAYS');
  });
});
