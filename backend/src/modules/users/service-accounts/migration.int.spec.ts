import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { migrateDown, migrateUp } from '#platform/database/index.js';
import { createTestDatabase } from '#test/harness.js';

// A person's key and a service account's, both in a project.
const FILL = `
  insert into user_account (id, email, email_key, name, locale, time_zone, currency)
  values ('01900000-0000-7000-8000-000000000001', 'a@example.com', 'a@example.com', 'Ada', 'en', 'UTC', 'USD');
  insert into workspace (id, name) values ('01900000-0000-7000-8000-000000000002', 'Acme');
  insert into membership (workspace_id, user_id, role)
  values ('01900000-0000-7000-8000-000000000002', '01900000-0000-7000-8000-000000000001', 'admin');
  insert into service_account (id, workspace_id, name, role, created_at, updated_at)
  values ('01900000-0000-7000-8000-000000000003', '01900000-0000-7000-8000-000000000002', 'Importer', 'viewer', now(), now());
  insert into api_key (id, workspace_id, user_id, service_account_id, name, hash, hint, scopes, created_at)
  values ('01900000-0000-7000-8000-000000000004', '01900000-0000-7000-8000-000000000002',
          '01900000-0000-7000-8000-000000000001', null, 'Hers', 'a', 'aaaa', '{deals:read}', now()),
         ('01900000-0000-7000-8000-000000000005', '01900000-0000-7000-8000-000000000002',
          null, '01900000-0000-7000-8000-000000000003', 'Its', 'b', 'bbbb', '{deals:read}', now());
  insert into project_membership (workspace_id, project_id, user_id, service_account_id, role)
  values ('01900000-0000-7000-8000-000000000002', '01900000-0000-7000-8000-000000000006',
          '01900000-0000-7000-8000-000000000001', null, 'member'),
         ('01900000-0000-7000-8000-000000000002', '01900000-0000-7000-8000-000000000006',
          '01900000-0000-7000-8000-000000000003', '01900000-0000-7000-8000-000000000003', 'viewer')`;
const GRANTS = 'select right(principal_id::text, 1) as id, role from access_grant order by principal_id';
const PROJECTS = 'select right(principal_id::text, 1) as id, role from access_scope_grant order by principal_id';

describe('the migration of service accounts', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(FILL);
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });
  const rows = async (text: string) => (await client.query<object>(text)).rows;

  it('is reverted with some in place: what is of people stays, and what it cannot keep goes', async () => {
    const hers = [
      { id: '1', role: 'admin' },
      { id: '4', role: 'admin' },
    ];
    expect(await rows(GRANTS)).toEqual([...hers, { id: '5', role: 'viewer' }]);
    expect(await rows(PROJECTS)).toHaveLength(3);
    expect(await migrateDown(database.url, 'Audit0017')).toContain('ServiceAccounts0015');
    expect(await rows(GRANTS)).toEqual(hers);
    expect(await rows(PROJECTS)).toHaveLength(2);
    expect(await migrateUp(database.url)).toContain('ServiceAccounts0015');
    expect(await rows(GRANTS)).toEqual(hers);
    expect(await rows('select issued_by = user_id as own, issued_at = created_at as then from api_key')).toEqual([
      { own: true, then: true },
    ]);
  });
});
