import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory } from '#test/factories.js';
import { UsersModule } from '../index.js';
import { LOOK } from './live-credentials.js';

/** Accounts, each with a session, a key and two memberships; every twentieth is asked after, once by each. */
const ACCOUNTS = 20_000;
const EVERY = 20;

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule]);
});
afterAll(() => spec.close());

describe('the credentials of all sockets', () => {
  it('are looked at without walking through everybody’s', async () => {
    const { owner } = await factory(spec.app).workspace().create();
    await spec.rows(
      `with person as (
         insert into user_account (id, email, email_key, name, password_hash, locale, time_zone, currency)
         select gen_random_uuid(), 'p' || n || '@example.com', 'p' || n || '@example.com', 'P', u.password_hash, 'en', 'UTC', 'USD'
           from generate_series(1, $2::int) n, user_account u where u.id = $1
         returning id, email
       ), place as (
         insert into workspace (id, name, created_by) select gen_random_uuid(), 'W' || n, $1 from generate_series(1, 1000) n
         returning id, name
       ), member as (
         insert into membership (workspace_id, user_id, role)
         select place.id, person.id, 'member' from person
           join place on right(name, -1)::int in (hashtext(email) % 500 + 500, hashtext(email) % 250 + 250)
         returning workspace_id, user_id
       ), key as (
         insert into api_key (id, workspace_id, user_id, name, hash, hint, scopes, created_at)
         select gen_random_uuid(), m.workspace_id, m.user_id, 'K', sha256(m.user_id::text::bytea), 'abcd', '{deals:read}', now()
           from (select distinct on (user_id) * from member) m
       )
       insert into session (id, user_id, method, created_at, last_used_at, idle_expires_at, expires_at)
       select id, id, 'password', now(), now(), now() + interval '1 day', now() + interval '1 day' from person`,
      [owner.id, ACCOUNTS],
    );
    await spec.rows('analyze');
    const [{ sessions, keys } = { sessions: [], keys: [] }] = await spec.rows<{ sessions: string[]; keys: string[] }>(
      `select array_agg(distinct s.id) as sessions, array_agg(distinct encode(k.hash, 'hex')) as keys
         from (select id, user_id, row_number() over (order by id) as n from session) s
         join api_key k on k.user_id = s.user_id where s.n % $1 = 0`,
      [EVERY],
    );
    const both = [sessions.slice(0, 500), keys.slice(0, 500)];
    for (const asked of [[sessions, []], [[], keys], both]) {
      const rows = await spec.rows<object>(`explain (format json) ${LOOK}`, asked);
      const plan = JSON.stringify(rows);
      expect(plan).not.toMatch(/"Seq Scan"[^{}]*"Relation Name":"(session|api_key|membership|workspace)"/);
      expect(plan).toContain('"membership_user_id"');
    }
  });
});
