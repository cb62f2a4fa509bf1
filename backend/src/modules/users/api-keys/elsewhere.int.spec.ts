// What one process does to a key, felt by another one on the same database.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestWorkspace } from '#test/factories.js';
import { UsersModule } from '../index.js';

let here: TestApplication;
let there: TestApplication;
beforeAll(async () => {
  here = await startApplication([UsersModule]);
  there = await startApplication([UsersModule], {}, here.instance);
});
afterAll(async () => {
  await there.close();
  await here.close();
});

interface Robot {
  id: string;
  keyId: string;
  key: string;
}
/** A service account with a key that both processes have just let in. */
async function known(acme: TestWorkspace): Promise<Robot> {
  const account = { name: `Robot ${uuidv7()}`, role: 'viewer' };
  const { id } = (await act(acme, 'POST', 'service-accounts', account)).json<{ id: string }>();
  const wanted = { name: 'A key', scopes: ['workspace:read'], serviceAccountId: id };
  const made = (await act(acme, 'POST', 'api-keys', wanted)).json<{ id: string; key: string }>();
  for (const process of [here, there]) expect(await use(process, acme, made.key)).toBe(200);
  return { id, keyId: made.id, key: made.key };
}
const act = (acme: TestWorkspace, method: string, path: string, payload?: object) =>
  here.request(method, acme.url(path), { headers: acme.owner.headers, ...(payload ? { payload } : {}) });
const use = async (process: TestApplication, acme: TestWorkspace, key: string) =>
  (await process.request('GET', acme.url(), { headers: { 'x-api-key': key } })).statusCode;

describe('a key that another process has just let in', () => {
  it.each<[string, number, (robot: Robot) => [method: string, path: string, payload?: object]]>([
    ['revoked', 401, ({ keyId }) => ['DELETE', `api-keys/${keyId}`]],
    ['rotated without an overlap', 401, ({ keyId }) => ['POST', `api-keys/${keyId}/rotation`, { overlapSeconds: 0 }]],
    [
      'bound to other addresses',
      403,
      ({ keyId }) => ['PATCH', `api-keys/${keyId}`, { allowedAddresses: ['192.0.2.7'] }],
    ],
    ['left without its service account', 401, ({ id }) => ['DELETE', `service-accounts/${id}`]],
    ['suspended with its service account', 403, ({ id }) => ['POST', `service-accounts/${id}/suspension`]],
  ])('is refused within a second when it is %s', async (_, status, how) => {
    const acme = await factory(here.app).workspace().create();
    const robot = await known(acme);
    expect((await act(acme, ...how(robot))).statusCode).toBeLessThan(300);
    expect(await use(here, acme, robot.key)).toBe(status);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await use(there, acme, robot.key)).toBe(status);
  });
});
