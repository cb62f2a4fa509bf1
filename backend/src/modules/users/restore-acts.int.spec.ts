import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InstanceConfig } from '#platform/config/index.js';
import { DatabaseConfig } from '#platform/database/index.js';
import { backup, restore, type RestoreReport } from '#platform/event-log/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, TEST_PASSWORD, type TestApiKey, type TestPerson } from '#test/factories.js';
import { createTestDatabase } from '#test/harness.js';
import { UsersModule, userRestoreActs } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-restored-'));
let origin: TestApplication;
let restored: TestApplication;
let database: { url: string; drop(): Promise<void> };
let report: RestoreReport;
let ada: TestPerson;
let kept: TestApiKey;
let revoked: TestApiKey;
let refreshToken: string;

const signIn = (spec: TestApplication) =>
  spec.request('POST', '/api/v1/sessions', {
    payload: { email: ada.email, password: TEST_PASSWORD, transport: 'body' },
  });

beforeAll(async () => {
  origin = await startApplication([UsersModule]);
  const make = factory(origin.app);
  ada = await make.person().create();
  const team = await make.workspace().ownedBy(ada).create();
  kept = await make.apiKey(team, ada).scopes('workspace:read').create();
  revoked = await make.apiKey(team, ada).scopes('workspace:read').create();
  ({ refreshToken } = (await signIn(origin)).json());
  await make.sql(
    `insert into identity (id, user_id, provider, issuer, subject, created_at)
     values (gen_random_uuid(), $1, 'acme', 'https://id.acme.example', 'ada', now())`,
    [ada.id],
  );
  const { dataDir } = origin.app.get(InstanceConfig);
  await backup({ databaseUrl: origin.app.get(DatabaseConfig).url }, join(folder, 'backup'));
  await make.sql('update api_key set revoked_at = now() where id = $1', [revoked.id]);
  database = await createTestDatabase();
  const target = { databaseUrl: database.url, files: join(folder, 'files') };
  report = await restore(join(folder, 'backup'), target, userRestoreActs);
  cpSync(join(dataDir, 'keys'), join(folder, 'keys'), { recursive: true });
  await origin.close();
  restored = await startApplication([UsersModule], { DATABASE_URL: database.url, SIGNALBOX_DATA_DIR: folder });
});
afterAll(async () => {
  await restored.close();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

it('ends every session, for good: people sign in again', async () => {
  const me = (headers: Record<string, string>) => restored.request('GET', '/api/v1/me', { headers });
  expect((await me(ada.headers)).statusCode).toBe(401);
  const renewal = await restored.request('POST', '/api/v1/sessions/current/renewal', { payload: { refreshToken } });
  expect(renewal.statusCode).toBe(401);
  expect(await restored.rows('select distinct ended_reason as reason from session where ended_at is not null')).toEqual(
    [{ reason: 'restored' }],
  );
  const again = await signIn(restored);
  expect(again.statusCode).toBe(201);
  expect((await me({ authorization: `Bearer ${again.json().accessToken}` })).statusCode).toBe(200);
});

it('says that keys and ways to sign in work again, also those revoked since the backup, and tells all of it in the log', async () => {
  expect(report.notices).toEqual([
    'Sessions ended: 2. Everybody signs in again.',
    'Passkeys, linked accounts and recovery codes that work as they did when the backup was made: 1. One that was removed or used since works again until its owner removes it anew.',
    'API keys that work as they did when the backup was made: 2. One that was revoked since works again until it is revoked anew, and one that was rotated since works by its earlier secret only.',
  ]);
  for (const { headers } of [kept, revoked])
    expect((await restored.request('GET', '/api/v1/workspaces', { headers })).statusCode).not.toBe(401);
  expect(await restored.events({ type: 'log.restored' })).toMatchObject([
    { data: { counts: { endedSessions: 2, waysToSignIn: 1, workingApiKeys: 2 } } },
  ]);
});
