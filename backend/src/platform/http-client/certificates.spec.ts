import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { selfSigned } from '#test/certificate.js';
import { GuardedConnections, HttpClient, type HttpClientConfig } from './index.js';

let server: Server;
let client: HttpClient;
let requests: number;
beforeEach(() => {
  const config = { allow: ['127.0.0.1'], timeoutMs: 5000 } as HttpClientConfig;
  client = new HttpClient(new GuardedConnections(config), config);
  requests = 0;
});
afterEach(async () => {
  await client.onApplicationShutdown();
  await new Promise((done) => server.close(done));
});

async function serve(options: ServerOptions = {}): Promise<string> {
  server = createServer({ ...selfSigned('127.0.0.1'), ...options }, (_, response) => {
    requests++;
    response.end('x');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a host that is asked over TLS', () => {
  it('is not believed with a certificate that nobody vouches for, and hears no request', async () => {
    const url = await serve();
    const request = client.send(url, { headers: { Authorization: 'Bearer x' } });
    await expect(request).rejects.toThrow("The host's certificate is self-signed.");
    expect(requests).toBe(0);
  });

  it('is not spoken to in a version before TLS 1.2', async () => {
    const url = await serve({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
    const noCommonVersion = new Promise<void>((resolve) =>
      server.on('tlsClientError', ({ code }: Error & { code?: string }) => {
        if (code === 'ERR_SSL_UNSUPPORTED_PROTOCOL') resolve();
      }),
    );
    await expect(client.send(url)).rejects.toThrow();
    await noCommonVersion;
    expect(requests).toBe(0);
  });
});
