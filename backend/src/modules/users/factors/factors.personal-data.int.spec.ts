import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PersonalData } from '#platform/personal-data/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson } from '#test/factories.js';
import { authenticatorOf } from '#test/factors.js';
import { passkeyOf } from '#test/passkeys.js';
import { UsersModule } from '../index.js';

const ORIGIN = 'https://box.example.com';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule], { SIGNALBOX_PUBLIC_URL: ORIGIN });
});
afterAll(() => spec.close());

async function told({ id, email }: TestPerson): Promise<Record<string, object[]>> {
  const holder = spec.app
    .get(PersonalData)
    .holders()
    .find(({ room }) => room === 'sign-in');
  const files: Record<string, object[]> = {};
  for (const { path, about, rows } of holder?.files?.({ id, addresses: [email] }) ?? []) {
    expect(about).toMatch(/\.$/);
    const told: object[] = [];
    for await (const row of rows()) told.push(row);
    files[path] = told;
  }
  return files;
}

it('tells a person how they sign in, and neither a secret nor anything of others', async () => {
  const [ada, bob] = [await factory(spec.app).person().create(), await factory(spec.app).person().create()];
  const app = await authenticatorOf(spec, ada);
  const { passkey } = await passkeyOf(spec, ORIGIN, ada);
  await passkeyOf(spec, ORIGIN, bob);
  await spec.rows(
    `insert into identity (id, user_id, provider, issuer, subject, email, created_at)
     values (gen_random_uuid(), $1, 'acme', 'https://id.acme.example', '7', 'ada@acme.example', now()) returning id`,
    [ada.id],
  );
  const files = await told(ada);
  const at = expect.stringMatching(/^\d{4}-.*Z$/);
  expect(files).toEqual({
    'account/authenticator-app': [{ confirmedAt: at }],
    'account/passkeys': [
      { name: 'Laptop', credentialId: passkey.id, synced: false, createdAt: at, lastUsedAt: null, suspendedAt: null },
    ],
    'account/recovery-codes': Array.from({ length: 10 }, () => ({ createdAt: at, usedAt: null })),
    'account/linked-accounts': [
      {
        provider: 'acme',
        issuer: 'https://id.acme.example',
        subject: '7',
        email: 'ada@acme.example',
        createdAt: at,
        lastUsedAt: null,
      },
    ],
  });
  expect(JSON.stringify(files)).not.toContain(app.secret);
});

it('goes with the account', async () => {
  const ada = await factory(spec.app).person().create();
  await authenticatorOf(spec, ada);
  await passkeyOf(spec, ORIGIN, ada);
  await spec.rows('delete from user_account where id = $1 returning id', [ada.id]);
  expect(Object.values(await told(ada)).flat()).toEqual([]);
  const left = ['totp_factor', 'passkey', 'recovery_code', 'identity', 'challenge'];
  for (const table of left) expect(await spec.rows(`select from ${table} where user_id = $1`, [ada.id])).toEqual([]);
});
