import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HOSTILE_HOSTS, HOSTILE_NAMES, HOSTILE_URLS } from '#test/hostile/addresses.js';
import { type Answers, NameServer } from '#test/name-server.js';
import { AddressRefused, GuardedConnections, HttpClient, type HttpClientConfig, OutboundFailed } from './index.js';

/** Stands for the outside: a loopback address that the operator of this spec allows. */
const OUTSIDE = '127.0.0.2';
const SECRET = 'what nobody outside may read';
/** Said before anything is looked up or connected to. */
const REFUSALS = /private or reserved|is not an address|Only http|user name|another protocol/;

/** Everything that one spec opened, to be closed behind it. */
let closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
});

/** As a header can carry it: other characters as the escapes that stand for them. */
const inAscii = (url: string) => url.replace(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character));

async function serve(host: string, listener: RequestListener, port = 0): Promise<{ port: number; requests: string[] }> {
  const requests: string[] = [];
  const server: Server = createServer((request, answer) => {
    requests.push(request.url ?? '');
    listener(request, answer);
  });
  await new Promise<void>((listening) => server.listen(port, host, listening));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(closed));
  });
  return { port: (server.address() as AddressInfo).port, requests };
}

async function client(answers: Answers, allow: string[] = [], timeoutMs = 5000) {
  const names = await NameServer.start(answers);
  const config = { allow, timeoutMs } as HttpClientConfig;
  const http = new HttpClient(new GuardedConnections(config, names.resolve), config);
  closing.push(() => http.onApplicationShutdown().then(() => names.stop()));
  return { http, names };
}

describe('the HTTP client', () => {
  let inside: { port: number; requests: string[] };
  beforeEach(async () => {
    inside = await serve('127.0.0.1', (_, answer) => answer.end(SECRET));
  });

  it('is tried with more than a hundred hostile addresses', () => {
    const lists = [...Object.values(HOSTILE_HOSTS), ...Object.values(HOSTILE_URLS), HOSTILE_NAMES].flat();
    expect(new Set(lists).size).toBe(lists.length);
    expect(lists.length).toBeGreaterThan(200);
  });

  it.each(Object.entries(HOSTILE_HOSTS))('refuses what is written as an address: %s', async (_, hosts) => {
    const { http, names } = await client(() => ['93.184.216.34']);
    for (const host of hosts)
      for (const redirects of [undefined, 3]) {
        const sent = http.send(`http://${host}:${inside.port}/`, { redirects });
        await expect(sent.catch((error: Error) => [host, error.name])).resolves.toEqual([host, 'AddressRefused']);
      }
    expect([names.asked, inside.requests]).toEqual([[], []]);
  });

  it.each(Object.entries(HOSTILE_URLS))('refuses what is written so as to deceive: %s', async (_, urls) => {
    const { http, names } = await client(() => ['127.0.0.1']);
    for (const url of urls) {
      const sent = http.send(url.replaceAll('PORT', String(inside.port)));
      const said = await sent.catch((error: Error) => error.message);
      expect([url, said]).toEqual([url, expect.stringMatching(REFUSALS)]);
    }
    expect([names.asked, inside.requests]).toEqual([[], []]);
  });

  const within = [
    '127.0.0.1',
    '169.254.169.254',
    '10.0.0.1',
    '::1',
    'fd00:ec2::254',
    '::ffff:127.0.0.1',
    '64:ff9b::a00:1',
  ];
  it.each(within)('refuses names that lead inside: to %s', async (address) => {
    const { http, names } = await client(() => [address]);
    for (const name of HOSTILE_NAMES) {
      const sent = http.send(`http://${name}:${inside.port}/`);
      await expect(sent.catch((error: Error) => [name, error.name])).resolves.toEqual([name, 'AddressRefused']);
    }
    expect([names.asked.length > 0, inside.requests]).toEqual([true, []]);
  });

  const mixed: [string, string[]][] = [
    ['a public one first', ['93.184.216.34', '127.0.0.1']],
    ['a private one first', ['127.0.0.1', '93.184.216.34']],
    ['a private one of the other family', ['93.184.216.34', '::1']],
    ['a private one of IPv4', ['2606:4700::1111', '10.0.0.1']],
    ['one private among many', [...Array.from({ length: 20 }, (_, i) => `93.184.216.${i + 1}`), '169.254.169.254']],
  ];
  it.each(mixed)('refuses names of public and private addresses at once: %s', async (_, addresses) => {
    const { http, names } = await client(() => addresses);
    await expect(http.send(`http://mixed.example:${inside.port}/`)).rejects.toBeInstanceOf(AddressRefused);
    expect([names.asked.sort(), inside.requests]).toEqual([['mixed.example A', 'mixed.example AAAA'], []]);
  });

  it('says that there is no host where a name has no address', async () => {
    const { http } = await client(() => []);
    await expect(http.send('http://nobody.example/')).rejects.toThrow('There is no host of that name.');
  });
});

describe('a name that changes its address', () => {
  let inside: { port: number; requests: string[] };
  let outside: { port: number; requests: string[] };
  let listener: RequestListener;
  beforeEach(async () => {
    inside = await serve('127.0.0.1', (_, answer) => answer.end(SECRET));
    listener = (_, answer) => answer.setHeader('connection', 'close').end('outside');
    outside = await serve(OUTSIDE, (request, answer) => listener(request, answer), inside.port);
  });

  /** Answers with one address after the other, and goes on with the last. */
  const inTurn = (...addresses: string[]): Answers => {
    const turns = [...addresses];
    return (_, family) => (family === 6 ? [] : [(turns.length > 1 ? turns.shift() : turns[0]) ?? '']);
  };

  it('is connected to where it was checked, and refused when it leads inside the next time', async () => {
    const { http, names } = await client(inTurn(OUTSIDE, '127.0.0.1'), [OUTSIDE]);
    const url = `http://rebind.example:${outside.port}/`;
    expect((await http.send(url)).body.toString()).toBe('outside');
    await expect(http.send(url)).rejects.toBeInstanceOf(AddressRefused);
    expect(names.asked.filter((question) => question.endsWith(' A'))).toHaveLength(2);
    expect([outside.requests, inside.requests]).toEqual([['/'], []]);
  });

  it('is asked for once a connection: no second answer can come between check and connection', async () => {
    let questions = 0;
    const { http } = await client(
      (_, family) => (family === 6 ? [] : [questions++ % 2 ? '127.0.0.1' : OUTSIDE]),
      [OUTSIDE],
    );
    const url = `http://flips.example:${outside.port}/`;
    for (let i = 0; i < 40; i++) {
      const got = await http.send(url).then(
        ({ body }) => body.toString(),
        (error: Error) => error.name,
      );
      expect([i, got]).toEqual([i, i % 2 ? 'AddressRefused' : 'outside']);
    }
    expect([questions, inside.requests]).toEqual([40, []]);
  });

  it('is refused behind a redirect that waits for the change', async () => {
    const url = `http://rebind.example:${outside.port}/`;
    listener = (_, answer) => answer.writeHead(302, { location: url, connection: 'close' }).end();
    const { http } = await client(inTurn(OUTSIDE, '127.0.0.1'), [OUTSIDE]);
    await expect(http.send(url, { redirects: 3 })).rejects.toBeInstanceOf(AddressRefused);
    expect([outside.requests, inside.requests]).toEqual([['/'], []]);
  });

  it.each(Object.entries(HOSTILE_HOSTS))('is no way in by redirects to addresses: %s', async (_, hosts) => {
    const { http } = await client(() => [OUTSIDE], [OUTSIDE]);
    for (const host of hosts) {
      const location = inAscii(`http://${host}:${inside.port}/`);
      listener = (_request, answer) => answer.writeHead(307, { location, connection: 'close' }).end();
      const sent = http.send(`http://outside.example:${outside.port}/`, { redirects: 5 });
      await expect(sent.catch((error: Error) => [host, error.name])).resolves.toEqual([host, 'AddressRefused']);
    }
    expect(inside.requests).toEqual([]);
  });

  const schemes = [
    'file:///etc/passwd',
    'gopher://127.0.0.1:6379/_x',
    'ftp://127.0.0.1/',
    'data:,x',
    `//user:pass@${OUTSIDE}/`,
  ];
  it.each(schemes)('is no way out of HTTP by a redirect to %s', async (location) => {
    const { http } = await client(() => [OUTSIDE], [OUTSIDE]);
    listener = (_, answer) => answer.writeHead(302, { location, connection: 'close' }).end();
    const sent = http.send(`http://outside.example:${outside.port}/`, { redirects: 5 });
    await expect(sent).rejects.toThrow(/Only http|user name/);
  });

  it('reaches what the operator allows, by its address and by name, and nothing beside it', async () => {
    const { http } = await client((name) => [name === 'beside.example' ? '127.0.0.3' : OUTSIDE], [OUTSIDE]);
    for (const host of [OUTSIDE, 'outside.example', `[::ffff:${OUTSIDE}]`, '2130706434'])
      expect((await http.send(`http://${host}:${outside.port}/`)).body.toString()).toBe('outside');
    for (const host of ['127.0.0.1', '127.0.0.3', 'beside.example', '[::1]', '10.0.0.1', '168.63.129.16'])
      await expect(http.send(`http://${host}:${outside.port}/`)).rejects.toBeInstanceOf(AddressRefused);
    expect(inside.requests).toEqual([]);
  });
});

describe('an answer that does not end well', () => {
  const KB = 1024;
  let requests: IncomingMessage[];
  beforeEach(() => {
    requests = [];
  });

  async function from(listener: RequestListener, timeoutMs = 5000) {
    const { port } = await serve(OUTSIDE, (request, answer) => {
      requests.push(request);
      listener(request, answer);
    });
    const { http } = await client(() => [OUTSIDE], [OUTSIDE], timeoutMs);
    return { http, url: `http://outside.example:${port}/` };
  }
  const gone = async () => {
    while (!requests[0]?.socket.destroyed) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  it.each<[string, RequestListener]>([
    ['before its headers', () => undefined],
    ['between headers', (_, answer) => void answer.socket?.write('HTTP/1.1 200 OK\r\nX-Slow: ')],
    ['behind its headers', (_, answer) => answer.writeHead(200, { 'content-length': 10 }).flushHeaders()],
    ['in the middle of its body', (_, answer) => void answer.write('half')],
    [
      'in the middle of compressed data',
      (_, answer) => void answer.setHeader('content-encoding', 'gzip').write(gzipSync('x').subarray(0, 9)),
    ],
  ])('is given up in time, and its connection closed: silent %s', async (_, listener) => {
    const { http, url } = await from(listener, 200);
    await expect(http.send(url)).rejects.toThrow('did not answer in time');
    await gone();
  });

  it('is given up in time although it keeps dripping', async () => {
    const { http, url } = await from((_, answer) => {
      const drip = setInterval(() => answer.write('.'), 10);
      answer.on('close', () => clearInterval(drip));
    }, 300);
    await expect(http.send(url)).rejects.toThrow('did not answer in time');
    await gone();
  });

  it('is given up in time although each redirect is answered quickly', async () => {
    const { http, url } = await from(
      (_, answer) => void setTimeout(() => answer.writeHead(302, { location: '/again' }).end(), 60),
      300,
    );
    await expect(http.send(url, { redirects: 1000 })).rejects.toThrow('did not answer in time');
  });

  it('is cut off where it grows too large, however it says how large it is', async () => {
    const endless: RequestListener = (_, answer) => {
      const more = () => {
        while (!answer.destroyed && answer.write(Buffer.alloc(16 * KB)));
        if (!answer.destroyed) answer.once('drain', more);
      };
      more();
    };
    const { http, url } = await from(endless);
    await expect(http.send(url, { maxBytes: 100 * KB })).rejects.toThrow('larger than 100 kB');
    await gone();
  });

  it('is cut off at 10 MB, whatever the caller would take', async () => {
    const { http, url } = await from((_, answer) => void answer.end(Buffer.alloc(11 * KB * KB)));
    await expect(http.send(url, { maxBytes: Number.MAX_SAFE_INTEGER })).rejects.toThrow(/larger than|too large/);
  });

  const zeros = Buffer.alloc(50 * KB * KB);
  it.each([
    ['gzip', gzipSync(zeros)],
    ['br', brotliCompressSync(zeros)],
  ])('is not unpacked beyond the limit (%s)', async (encoding, bomb) => {
    expect(bomb.length).toBeLessThan(100 * KB);
    const { http, url } = await from((_, answer) => void answer.setHeader('content-encoding', encoding).end(bomb));
    await expect(http.send(url, { maxBytes: 100 * KB })).rejects.toThrow('larger than 100 kB');
  });

  it.each(['gzip, gzip', 'zstd', '__proto__', 'constructor', 'gzip;q=1'])('is not unpacked as %s', async (encoding) => {
    const { http, url } = await from((_, answer) => void answer.setHeader('content-encoding', encoding).end('x'));
    await expect(http.send(url)).rejects.toThrow('compressed in an unknown way');
  });

  it.each([
    [
      'are too many',
      (_: unknown, answer: { socket: { end(text: string): void } | null }) =>
        answer.socket?.end(`HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(20_000)}\r\n`),
    ],
    [
      'are no HTTP',
      (_: unknown, answer: { socket: { end(text: string): void } | null }) =>
        answer.socket?.end('-ERR unknown command\r\n'),
    ],
  ])('is refused where its headers %s', async (_, listener) => {
    const { http, url } = await from(listener as RequestListener);
    await expect(http.send(url)).rejects.toBeInstanceOf(OutboundFailed);
  });
});
