import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson, type TestWorkspace } from '#test/factories.js';
import { UsersModule } from '../index.js';
import { KeyUses } from './key-uses.js';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule]);
});
afterAll(() => spec.close());

interface Made {
  id: string;
  key: string;
  hint: string;
  lastUsedAt: string | null;
  expiresAt: string | null;
  version: number;
  previous: { hint: string; expiresAt: string; lastUsedAt: string | null } | null;
}
const DAY = 86_400_000;
const team = () => factory(spec.app).workspace().create();
const make = async (acme: TestWorkspace, more: object = {}, as = acme.owner): Promise<Made> => {
  const payload = { name: 'Importer', scopes: ['workspace:read'], ...more };
  const answer = await spec.request('POST', acme.url('api-keys'), { headers: as.headers, payload });
  expect([answer.statusCode, answer.body]).toEqual([201, expect.any(String)]);
  return answer.json();
};
const rotate = (
  acme: TestWorkspace,
  { id }: { id: string },
  payload: object = {},
  { as = acme.owner, idempotencyKey }: { as?: TestPerson; idempotencyKey?: string } = {},
) =>
  spec.request('POST', acme.url(`api-keys/${id}/rotation`), {
    headers: { ...as.headers, ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}) },
    payload,
  });
const works = async (acme: TestWorkspace, key: string) =>
  (await spec.request('GET', acme.url(), { headers: { 'x-api-key': key } })).statusCode;
const shown = async (acme: TestWorkspace, { id }: { id: string }): Promise<Made> =>
  (await spec.request('GET', acme.url(`api-keys/${id}`), { headers: acme.owner.headers })).json();
/** Moves the end of the overlap into the past, as time would. */
const endOverlap = ({ id }: { id: string }) =>
  spec.rows(`update api_key set previous_expires_at = now() - interval '1 ms' where id = $1 returning id`, [id]);
const aSecond = () => new Promise((resolve) => setTimeout(resolve, 1000));

describe('a rotation', () => {
  it('gives a new secret once, beside which the earlier one works for a day, and is recorded', async () => {
    const acme = await team();
    const before = await make(acme);
    const answer = await rotate(acme, before);
    expect(answer.statusCode).toBe(201);
    const { key, ...after } = answer.json<Made>();
    expect(key).not.toBe(before.key);
    expect(after).toMatchObject({ id: before.id, hint: key.slice(-4), lastUsedAt: null, version: 2 });
    expect(after.previous).toMatchObject({ hint: before.hint, lastUsedAt: null });
    const left = Date.parse(after.previous?.expiresAt ?? '') - Date.now();
    expect([left <= DAY, left > DAY - 3_600_000]).toEqual([true, true]);
    expect([await works(acme, before.key), await works(acme, key)]).toEqual([200, 200]);
    expect(await shown(acme, before)).toEqual(after);
    const [event] = await spec.events({ subjectId: before.id, type: 'api_key.rotated' });
    const previousUntil = after.previous?.expiresAt;
    expect(event).toMatchObject({
      actor: { kind: 'user', id: acme.owner.id },
      data: { name: 'Importer', expiresAt: null, previousUntil },
    });
  });

  it('shows when either secret was used last', async () => {
    const acme = await team();
    const before = await make(acme);
    await works(acme, before.key);
    await spec.app.get(KeyUses).flush();
    const { key, previous } = (await rotate(acme, before)).json<Made>();
    expect(previous?.lastUsedAt).toEqual(expect.any(String));
    await works(acme, key);
    await spec.app.get(KeyUses).flush();
    const first = await shown(acme, before);
    expect([typeof first.lastUsedAt, first.previous?.lastUsedAt]).toEqual(['string', previous?.lastUsedAt]);
    await works(acme, before.key);
    await works(acme, key);
    await spec.app.get(KeyUses).flush();
    const second = await shown(acme, before);
    expect(Date.parse(second.previous?.lastUsedAt ?? '')).toBeGreaterThan(Date.parse(previous?.lastUsedAt ?? ''));
    expect(Date.parse(second.lastUsedAt ?? '')).toBeGreaterThan(Date.parse(first.lastUsedAt ?? ''));
  });

  it('keeps neither secret, and repeats none for an Idempotency-Key', async () => {
    const acme = await team();
    const before = await make(acme);
    const first = await rotate(acme, before, {}, { idempotencyKey: 'rotate-once' });
    const { key } = first.json<Made>();
    const again = await rotate(acme, before, {}, { idempotencyKey: 'rotate-once' });
    expect([first.statusCode, again.statusCode]).toEqual([201, 409]);
    expect(again.body).not.toContain('sbx_');
    const kept = await spec.rows(
      `select row_to_json(k)::text as row from api_key k where id = $1
       union all select row_to_json(i)::text from idempotency_key i
       union all select data::text from outbox union all select data::text from event`,
      [before.id],
    );
    expect(kept.length).toBeGreaterThan(2);
    for (const secret of [before.key, key]) expect(JSON.stringify(kept)).not.toContain(secret);
    expect([await works(acme, before.key), await works(acme, key)]).toEqual([200, 200]);
  });

  it('ends the earlier secret when the overlap is over, and nothing else', async () => {
    const acme = await team();
    const before = await make(acme);
    const { key } = (await rotate(acme, before, { overlapSeconds: 60 })).json<Made>();
    expect(await works(acme, before.key)).toBe(200);
    await endOverlap(before);
    await aSecond();
    expect([await works(acme, before.key), await works(acme, key)]).toEqual([401, 200]);
  });

  it('ends it at once without an overlap', async () => {
    const acme = await team();
    const before = await make(acme);
    expect(await works(acme, before.key)).toBe(200);
    const { key } = (await rotate(acme, before, { overlapSeconds: 0 })).json<Made>();
    expect([await works(acme, before.key), await works(acme, key)]).toEqual([401, 200]);
    const [event] = await spec.events({ subjectId: before.id, type: 'api_key.rotated' });
    expect(event?.data).toEqual({ name: 'Importer', expiresAt: null, previousUntil: null });
  });

  it('ends the earliest secret at once when it comes before the end of another', async () => {
    const acme = await team();
    const first = await make(acme);
    const second = (await rotate(acme, first)).json<Made>();
    expect(await works(acme, first.key)).toBe(200);
    const third = (await rotate(acme, first)).json<Made>();
    const outcomes = [await works(acme, first.key), await works(acme, second.key), await works(acme, third.key)];
    expect(outcomes).toEqual([401, 200, 200]);
  });

  it('of one key twice at a time leaves two secrets that work', async () => {
    const acme = await team();
    const before = await make(acme);
    const made = await spec.race(
      { sql: 'select from api_key where id = $1 for update', values: [before.id], until: 2 },
      () => Promise.all([rotate(acme, before), rotate(acme, before)]),
    );
    expect(made.map(({ statusCode }) => statusCode)).toEqual([201, 201]);
    const statuses = await Promise.all(made.map((answer) => works(acme, answer.json<Made>().key)));
    expect([await works(acme, before.key), ...statuses]).toEqual([401, 200, 200]);
    expect(await spec.events({ subjectId: before.id, type: 'api_key.rotated' })).toHaveLength(2);
  });

  it('lets no secret outlive the expiry that it had, and moves that of the key', async () => {
    const acme = await team();
    const expiresAt = new Date(Date.now() + 2 * DAY).toISOString();
    const before = await make(acme, { expiresAt });
    const later = new Date(Date.now() + 90 * DAY).toISOString();
    const after = (await rotate(acme, before, { overlapSeconds: 7 * 86_400, expiresAt: later })).json<Made>();
    expect([after.expiresAt, after.previous?.expiresAt]).toEqual([later, expiresAt]);
    const [event] = await spec.events({ subjectId: before.id, type: 'api_key.rotated' });
    expect(event?.data).toEqual({ name: 'Importer', expiresAt: later, previousUntil: expiresAt });
  });

  it('does not bring back a key that expired or was revoked', async () => {
    const acme = await team();
    const [expired, revoked] = [await make(acme), await make(acme)];
    await spec.rows(`update api_key set expires_at = now() - interval '1 s' where id = $1 returning id`, [expired.id]);
    await spec.request('DELETE', acme.url(`api-keys/${revoked.id}`), { headers: acme.owner.headers });
    const expiresAt = new Date(Date.now() + DAY).toISOString();
    const outcomes = [await rotate(acme, expired, { expiresAt }), await rotate(acme, revoked)];
    expect(outcomes.map((answer) => [answer.statusCode, answer.json().code])).toEqual([
      [409, 'api_key_expired'],
      [404, 'no_such_api_key'],
    ]);
    expect(await spec.rows('select version from api_key where id = $1', [expired.id])).toEqual([{ version: 1 }]);
    expect(await spec.events({ type: 'api_key.rotated', workspaceId: acme.id })).toEqual([]);
  });

  it('of a person’s key is for that person: it acts for them', async () => {
    const acme = await team();
    const admin = await factory(spec.app).person().in(acme, 'admin').create();
    const stranger = (await team()).owner;
    const before = await make(acme);
    const outcomes = [await rotate(acme, before, {}, { as: admin }), await rotate(acme, before, {}, { as: stranger })];
    expect(outcomes.map((answer) => [answer.statusCode, answer.json().code])).toEqual([
      [403, 'not_your_key'],
      [404, 'not_found'],
    ]);
    expect(await shown(acme, before)).toMatchObject({ version: 1, previous: null });
  });

  it.each([
    ['more than seven days', { overlapSeconds: 604_801 }, '/body/overlapSeconds'],
    ['less than nothing', { overlapSeconds: -1 }, '/body/overlapSeconds'],
    ['half a second', { overlapSeconds: 0.5 }, '/body/overlapSeconds'],
    ['an expiry in the past', { expiresAt: '2020-01-01T00:00:00Z' }, '/body/expiresAt'],
  ])('is not made with %s', async (_, wrong, path) => {
    const acme = await team();
    const before = await make(acme);
    const answer = await rotate(acme, before, wrong);
    expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, path]);
    expect(await shown(acme, before)).toMatchObject({ version: 1, previous: null });
  });
});

describe('a key with two secrets', () => {
  it('loses both when it is revoked: here at once, elsewhere within a second', async () => {
    const acme = await team();
    const [here, elsewhere] = [await make(acme), await make(acme)];
    const keys = await Promise.all(
      [here, elsewhere].map(async (before) => [before.key, (await rotate(acme, before)).json<Made>().key]),
    );
    for (const key of keys.flat()) expect(await works(acme, key)).toBe(200);
    await spec.request('DELETE', acme.url(`api-keys/${here.id}`), { headers: acme.owner.headers });
    for (const key of keys[0] ?? []) expect(await works(acme, key)).toBe(401);
    await spec.rows('update api_key set revoked_at = now() where id = $1 returning id', [elsewhere.id]);
    await aSecond();
    for (const key of keys[1] ?? []) expect(await works(acme, key)).toBe(401);
  });

  it('loses both when it expires', async () => {
    const acme = await team();
    const before = await make(acme);
    const { key } = (await rotate(acme, before)).json<Made>();
    await spec.rows(`update api_key set expires_at = now() - interval '1 ms' where id = $1 returning id`, [before.id]);
    await aSecond();
    expect([await works(acme, before.key), await works(acme, key)]).toEqual([401, 401]);
  });
});
