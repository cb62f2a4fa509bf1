import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AddressRefused, AddressRules, GuardedConnections, HttpClient, type HttpClientConfig } from './index.js';

const servers: Server[] = [];
const clients: HttpClient[] = [];

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function client(allow: string[], timeoutMs = 2000): HttpClient {
  const config = { allow, timeoutMs } as HttpClientConfig;
  const made = new HttpClient(new GuardedConnections(config), config);
  clients.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((c) => c.onApplicationShutdown()));
  for (const server of servers.splice(0)) server.close();
});

describe('the rules for addresses', () => {
  const rules = new AddressRules([]);

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:0:1::',
    '[::1]',
    'fe80::1%eth0',
    'nonsense',
    '',
  ])('refuse %s', (address) => expect(rules.permits(address)).toBe(false));

  it.each(['93.184.216.34', '8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8'])('permit %s', (address) =>
    expect(rules.permits(address)).toBe(true),
  );

  it('permit what the operator allows, and nothing beside it', () => {
    const some = new AddressRules(['10.0.0.0/8', '127.0.0.1', 'fc00::/7']);
    expect(['10.9.9.9', '127.0.0.1', 'fc00::5', '::ffff:10.0.0.1'].map((a) => some.permits(a))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['127.0.0.2', '192.168.0.1'].map((a) => some.permits(a))).toEqual([false, false]);
  });

  it('refuse a setting that is neither address nor network', () => {
    expect(() => new AddressRules(['intranet'])).toThrow('"intranet" is neither an address nor a network');
  });
});

describe('the HTTP client', () => {
  it('refuses our own network, by address and by name', async () => {
    const url = await serve((_, res) => res.end('secret'));
    const port = new URL(url).port;
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1'])
      await expect(client([]).send(`http://${host}:${port}/`)).rejects.toBeInstanceOf(AddressRefused);
  });

  it('fetches what is allowed, decompressed', async () => {
    const url = await serve((_, res) =>
      res.writeHead(200, { 'content-encoding': 'gzip', etag: '"1"' }).end(gzipSync('hello')),
    );
    const answer = await client(['127.0.0.1']).send(url);
    expect([answer.status, answer.body.toString(), answer.headers['etag']]).toEqual([200, 'hello', '"1"']);
  });

  it('stops at the size limit, compressed or not', async () => {
    const url = await serve((req, res) =>
      req.url === '/bomb'
        ? res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(2_000_000)))
        : res.end(Buffer.alloc(200_000)),
    );
    const limit = { maxBytes: 100_000 };
    await expect(client(['127.0.0.1']).send(`${url}/plain`, limit)).rejects.toThrow('larger than 97 kB');
    await expect(client(['127.0.0.1']).send(`${url}/bomb`, limit)).rejects.toThrow('larger than 97 kB');
  });

  it('stops at the time limit, also in the middle of an answer', async () => {
    const url = await serve((_, res) => void res.write('a'));
    await expect(client(['127.0.0.1'], 200).send(url)).rejects.toThrow('did not answer in time');
  });

  it('follows no redirect unless told, and checks each hop', async () => {
    const url = await serve((req, res) => {
      const to = { '/a': '/b', '/private': 'http://10.0.0.1/', '/file': 'file:///etc/passwd', '/loop': '/loop' }[
        req.url ?? ''
      ];
      if (to) res.writeHead(302, { location: to }).end();
      else res.end('there');
    });
    const http = client(['127.0.0.1']);
    expect((await http.send(`${url}/a`)).status).toBe(302);
    expect((await http.send(`${url}/a`, { redirects: 1 })).body.toString()).toBe('there');
    await expect(http.send(`${url}/private`, { redirects: 3 })).rejects.toBeInstanceOf(AddressRefused);
    await expect(http.send(`${url}/file`, { redirects: 3 })).rejects.toThrow('Only http:// and https://');
    await expect(http.send(`${url}/loop`, { redirects: 3 })).rejects.toThrow('redirects too often');
  });

  it('keeps credentials from another host', async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((req, res) => {
      seen.push(req.headers.authorization);
      res.end();
    });
    const url = await serve((req, res) => {
      seen.push(req.headers.authorization);
      res.writeHead(302, { location: other }).end();
    });
    await client(['127.0.0.1']).send(url, { redirects: 1, headers: { Authorization: 'Bearer x' } });
    expect(seen).toEqual(['Bearer x', undefined]);
  });

  it('says in plain words what is wrong', async () => {
    const closed = await serve(() => undefined);
    await new Promise((done) => servers.pop()?.close(done));
    await expect(client(['127.0.0.1']).send(closed)).rejects.toThrow('The host refuses the connection.');
    await expect(client([]).send('http://no-such-host.invalid/')).rejects.toThrow(/no host of that name|looked up/);
    await expect(client([]).send('ftp://x/')).rejects.toThrow('Only http:// and https://');
    await expect(client([]).send('http://user:pass@x/')).rejects.toThrow('must not contain a user name');
  });
});
