// How the trail is looked up in a large log. With SPEC_EVENTS=1000000 it prints the times of docs/audit.md.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Member } from '#platform/access/index.js';
import type { TestPerson, TestWorkspace } from '#test/factories.js';
import { auditKit, type AuditKit } from '../spec-support.js';
import { TrailQueries } from './trail.queries.js';

const EVENTS = Number(process.env['SPEC_EVENTS'] ?? 40_000);
jest.setTimeout(600_000);

let kit: AuditKit;
let team: TestWorkspace;
let rare: TestPerson;
let key: { id: string };

/** One busy workspace: most is done by the instance, a twentieth by a thousand people, three events by somebody in particular. */
const FILL = `
  insert into event (position, id, workspace_id, scope_kind, type, version, subject_type, subject_id, actor, address, address_salt,
    data, salt, occurred_at, hash)
  select 1000 + n, gen_random_uuid(), $1, 'workspace', case when n % 20 = 0 then 'source.updated' else 'deal.found' end, 1, 'deal',
    gen_random_uuid(),
    case when n % 20 > 0 then jsonb_build_object('kind', 'system', 'id', null, 'userId', null)
         when n in (20, 20000, 39980) then jsonb_build_object('kind', 'user', 'id', $2::text, 'userId', $2::text, 'sessionId', $3::text)
         when n in (40, 20020) then jsonb_build_object('kind', 'api_key', 'id', $4::text, 'userId', lpad((n / 20 % 1000)::text, 32, '0'))
         else jsonb_build_object('kind', 'user', 'userId', lpad((n / 20 % 1000)::text, 32, '0'), 'sessionId', gen_random_uuid()) end,
    case when n % 20 = 0 then '10.0.' || (n / 20 % 250) || case when n = 60 then '.9' else '.1' end end,
    case when n % 20 = 0 then 'x'::bytea end,
    jsonb_build_object('title', repeat('A deal ', 40))
      || case when n % 10000 = 0 then '{"state": "failing", "before": {"state": "active"}}' else '{}' end::jsonb, 'x', timestamptz '2026-01-01' + n * interval '20 seconds', sha256(n::text::bytea)
    from generate_series($5::int, $6::int) n`;

beforeAll(async () => {
  kit = await auditKit();
  team = await kit.make.workspace().create();
  rare = await kit.make.person().in(team, 'admin').create();
  key = await kit.make.apiKey(team, rare).create();
  await kit.sealed();
  for (let from = 1; from <= 1_100_000 && from <= 1000 + EVENTS; from += 1_000_000)
    await kit.make.sql(
      `create table if not exists event_p${from} partition of event for values from (${from}) to (${from + 1_000_000})`,
      [],
    );
  for (let from = 1; from <= EVENTS; from += 50_000)
    await kit.make.sql(FILL, [team.id, rare.id, rare.sessionId, key.id, from, Math.min(EVENTS, from + 49_999)]);
  await kit.make.sql('analyze event', []);
  // As autovacuum does after a while.
  await kit.make.sql(
    `select brin_summarize_new_values(inhrelid) from pg_inherits where inhparent = 'event_occurred'::regclass`,
    [],
  );
});
afterAll(() => kit.close());

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: Plan[];
}

/** What the page of a filter looks at in the log. */
async function looked(
  filter: string,
  more: { cursor?: string } = {},
): Promise<{ rows: number; found: number; scans: string[] }> {
  const who = { kind: 'user', id: rare.id, userId: rare.id, workspaceId: team.id } as Member;
  const asked = { limit: 50, sort: '-position' as const, filter, ...more };
  const { text, values } = await kit.app.get(TrailQueries).statement(who, asked);
  const explain = `explain (analyze, format json) ${text}`;
  const [row] = await kit.rows<{ 'QUERY PLAN': [{ Plan: Plan; 'Execution Time': number }] }>(explain, values);
  const { Plan: top, 'Execution Time': ms } = row!['QUERY PLAN'][0];
  const nodes = flat(top).filter((node) => node['Relation Name']?.startsWith('event_p'));
  const rows = nodes.reduce(
    (sum, node) =>
      sum +
      node['Actual Loops'] *
        (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)),
    0,
  );
  const scans = [...new Set(nodes.map((node) => node['Node Type']))];
  if (process.env['SPEC_EVENTS'])
    console.log(filter || '(none)', top['Actual Rows'], 'found', rows, 'looked at', ms, 'ms', scans);
  return { rows, found: top['Actual Rows'], scans };
}

function flat(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(flat)];
}

describe('the trail of a busy workspace', () => {
  it.each<[what: string, filter: () => string, found: number]>([
    ['all of it', () => '', 51],
    ['a type', () => 'type:source.updated', 51],
    ['a type that never was', () => 'type:nothing.happened', 0],
    ['a person', () => `actor:${rare.id}`, 3],
    ['oneself, with a type', () => 'actor:me type:source.updated', 3],
    ['a session', () => `session:${rare.sessionId}`, 3],
    ['an API key', () => `key:${key.id}`, 2],
    ['an address', () => 'address:10.0.3.9', 1],
    ['what changed', () => 'changed:state', EVENTS / 10_000],
    ['what it was', () => 'was.state:active', EVENTS / 10_000],
    ['what nothing was', () => 'was.role:admin', 0],
    ['a subject', () => `subject:${rare.id}`, 0],
  ])('is looked up by %s without looking at more than a few thousandths of it', async (_, filter, found) => {
    const looks = await looked(filter());
    expect(looks.found).toBe(found);
    expect(looks.rows).toBeLessThan(300);
    expect(looks.scans).not.toContain('Seq Scan');
  });

  it('is looked up by time in the pages that can have it', async () => {
    const looks = await looked('at:"2026-01-02T10:00"');
    expect(looks.found).toBe(3);
    expect(looks.rows).toBeLessThan(EVENTS / 2);
  });

  it('costs the same on a late page', async () => {
    const who = { kind: 'user', id: rare.id, userId: rare.id, workspaceId: team.id } as Member;
    const trail = kit.app.get(TrailQueries);
    let cursor: string | undefined;
    for (let page = 0; page < 10; page++)
      cursor = (await trail.list(who, { limit: 200, sort: '-position', cursor })).nextCursor ?? undefined;
    const looks = await looked('', { cursor: undefined });
    expect(looks.rows).toBeLessThan(300);
    const { text, values } = await trail.statement(who, { limit: 200, sort: '-position', cursor });
    const [row] = await kit.rows<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`explain (analyze, format json) ${text}`, values);
    const nodes = flat(row!['QUERY PLAN'][0].Plan).filter((node) => node['Relation Name']?.startsWith('event_p'));
    expect(nodes.reduce((sum, node) => sum + node['Actual Rows'] * node['Actual Loops'], 0)).toBeLessThan(300);
  });
});
