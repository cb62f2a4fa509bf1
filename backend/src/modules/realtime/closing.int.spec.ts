import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { UsersModule } from '#modules/users/index.js';
import { startApplication } from '#test/application.js';
import { factory } from '#test/factories.js';
import { ask, ended, openSocket } from '#test/sockets.js';
import { RealtimeModule } from './index.js';

const start = async (settings: Record<string, string> = {}) => {
  const application = await startApplication([UsersModule, RealtimeModule], settings);
  await application.app.listen(0, '127.0.0.1');
  return { application, url: await application.app.getUrl() };
};

describe('an application that ends', () => {
  it('tells its sockets and lets them go, also those that do not answer', async () => {
    const { application, url } = await start();
    const person = await factory(application.app).person().create();
    const { socket } = await openSocket(url, person.token);
    // A client that opens a WebSocket and never reads or closes.
    const { port } = new URL(url);
    const deaf = connect(Number(port), '127.0.0.1');
    await new Promise((resolve) => deaf.once('connect', resolve));
    deaf.write(
      'GET /ws/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    await new Promise((resolve) => deaf.once('data', resolve));
    deaf.pause();
    deaf.on('error', () => deaf.destroy());
    const told = ended(socket);
    await application.close();
    expect(await told).toMatchObject({ code: 'server_closing' });
    deaf.destroy();
    // A connection that is not cut is given up by the library below after half a minute: that would be a hang.
  }, 25_000);

  it('ends when nobody ever connected', async () => {
    const { application } = await start();
    await expect(application.close()).resolves.toBeUndefined();
  });
});

describe('without Redis', () => {
  it('a process serves its sockets alone, and ends', async () => {
    const { application, url } = await start({ REDIS_URL: 'redis://127.0.0.1:1' });
    const person = await factory(application.app).person().create();
    const { socket } = await openSocket(url, person.token);
    expect(await ask(socket, 'head', {})).toMatchObject({ ok: true });
    const told = ended(socket);
    await application.close();
    expect(await told).toMatchObject({ code: 'server_closing' });
  });
});
