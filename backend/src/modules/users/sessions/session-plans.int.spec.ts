import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory } from '#test/factories.js';
import { UsersModule } from '../index.js';
import { FORGET_OLD } from './sessions.service.js';

const OTHERS = 20_000;

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule]);
});
afterAll(() => spec.close());

describe('the sessions of everybody', () => {
  it('are not walked through when one person signs in, is shown among operators, or is erased', async () => {
    const [ada, other] = [await factory(spec.app).person().create(), await factory(spec.app).person().create()];
    await spec.rows(
      `insert into session (id, user_id, method, created_at, last_used_at, idle_expires_at, expires_at, ended_at)
       select gen_random_uuid(), $1, 'password', now(), now(), now(), now(), now() from generate_series(1, $2::int)`,
      [other.id, OTHERS],
    );
    await spec.rows('analyze session');
    for (const sql of [
      FORGET_OLD,
      'select max(last_used_at) from session where user_id = $1',
      // As the foreign key of the account does.
      'delete from only session where $1 = user_id',
    ]) {
      const plan = await spec.rows<{ 'QUERY PLAN': object }>(`explain (format json) ${sql}`, [ada.id]);
      expect([sql, JSON.stringify(plan)]).toEqual([sql, expect.stringContaining('"session_person"')]);
    }
  });
});
