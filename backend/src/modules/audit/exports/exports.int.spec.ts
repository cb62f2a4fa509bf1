import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { get, type IncomingMessage } from 'node:http';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Reads } from '#platform/database/index.js';
import { RouteTable } from '#platform/http/index.js';
import type { TestPerson, TestWorkspace } from '#test/factories.js';
import { actorOf, auditKit, type AuditKit } from '../spec-support.js';
import type { AuditEvent } from '../trail/trail.schemas.js';
import { csvLine } from './csv.js';

let kit: AuditKit;
let port: number;
beforeAll(async () => {
  kit = await auditKit();
  await kit.app.listen(0, '127.0.0.1');
  port = Number(new URL(await kit.app.getUrl()).port);
});
afterAll(() => kit.close());

/** A workspace with so many events of some kilobytes; their positions are far above those of real ones. */
async function large(count: number, from: number): Promise<TestWorkspace> {
  const team = await kit.make.workspace().create();
  await kit.sealed();
  await kit.make.sql(
    `insert into event (position, id, workspace_id, scope_kind, type, version, subject_type, subject_id, actor, data, salt,
       occurred_at, hash)
     select $3::int + n, gen_random_uuid(), $1, 'workspace', 'deal.expired', 1, 'deal', gen_random_uuid(),
       '{"kind": "system", "id": null, "userId": null}', jsonb_build_object('title', repeat(n::text, 800)), 'x', now(), 'x'
       from generate_series(1, $2::int) n`,
    [team.id, count, from],
  );
  await kit.make.sql('update log_state set position = greatest(position, $1)', [from + count]);
  return team;
}

/** Asks over a socket and reads nothing of the answer yet. */
const ask = (path: string, { headers }: TestPerson) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    get({ port, path, headers, agent: false }, (answer) => resolve(answer.pause())).on('error', reject);
  });
const ends = async (workspaceId: string) => {
  for (;;) {
    const found = await kit.events({ type: 'audit.exported', workspaceId });
    if (found.length > 0) return found;
    await new Promise((done) => setTimeout(done, 10));
  }
};
const pause = () => new Promise((done) => setTimeout(done, 100));

describe('an export of the trail', () => {
  it('holds what the list shows, as lines of JSON and as CSV, and is recorded', async () => {
    const team = await kit.make.workspace().create();
    const evil = await kit.make.person().named('=HYPERLINK("http://x")').in(team, 'admin').create();
    await kit.record({
      workspaceId: team.id,
      actor: actorOf(evil, '192.0.2.1'),
      data: { title: 'A "quoted" one, too' },
    });
    await kit.record({ workspaceId: team.id });
    await kit.record({ workspaceId: team.id, scope: { kind: 'user', id: evil.id } });
    const listed = (await kit.get(team.url('audit-events?filter=type:deal.expired'), team.owner)).json<{
      items: AuditEvent[];
    }>();
    const json = await kit.get(team.url('audit-export?format=jsonl&filter=type:deal.expired'), team.owner);
    expect(json.headers['content-type']).toContain('application/x-ndjson');
    expect(json.headers['content-disposition']).toMatch(/^attachment; filename="audit-\d{4}-\d\d-\d\d\.jsonl"$/);
    const lines = json.body.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as AuditEvent)).toEqual(listed.items);
    expect(lines).toHaveLength(2);
    await kit.sealed();
    const csv = await kit.get(team.url('audit-export?filter=type:deal.expired'), team.owner);
    const [head, , written] = csv.body.split('\r\n');
    expect(head).toMatch(/^position,id,at,type,about,actor_kind,.*,data$/);
    expect(written).toContain(`"'=HYPERLINK(""http://x"")"`);
    expect(written).toContain(csvLine([JSON.stringify({ title: 'A "quoted" one, too' })]).trimEnd());
    expect(csv.body).not.toMatch(/(^|,|\n)=/);
    const acts = await kit.events({ workspaceId: team.id, subjectId: team.id });
    expect(
      acts.filter(({ type }) => type.startsWith('audit.')).map(({ type, actor, data }) => [type, actor.id, data]),
    ).toEqual([
      [
        'audit.export_started',
        team.owner.id,
        { format: 'jsonl', filter: 'type:deal.expired', position: expect.any(Number) },
      ],
      ['audit.exported', team.owner.id, { format: 'jsonl', events: 2, outcome: 'complete' }],
      [
        'audit.export_started',
        team.owner.id,
        { format: 'csv', filter: 'type:deal.expired', position: expect.any(Number) },
      ],
      ['audit.exported', team.owner.id, { format: 'csv', events: 2, outcome: 'complete' }],
    ]);
  });

  it("of the instance's trail is for operators, and refuses what is no filter before anything is recorded", async () => {
    const operator = await kit.make.person().operator().create();
    const answer = await kit.get('/api/v1/audit-export?format=jsonl&filter=type:nothing.such', operator);
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect(await kit.events({ type: 'audit.export_started', workspaceId: SYSTEM_WORKSPACE })).toHaveLength(1);
    for (const search of ['filter=nonsense:x', 'format=xml', 'limit=5'])
      expect((await kit.get(`/api/v1/audit-export?${search}`, operator)).statusCode).toBe(400);
    expect(await kit.events({ type: 'audit.export_started', workspaceId: SYSTEM_WORKSPACE })).toHaveLength(1);
  });

  it('waits for a slow receiver, and ends when the receiver goes away, which is recorded', async () => {
    const team = await large(10_000, 100_000);
    const looks = jest.spyOn(kit.app.get(Reads), 'adHoc');
    const batches = () => looks.mock.calls.filter(([text]) => text.includes('from event e')).length;
    const answer = await ask(team.url('audit-export?format=jsonl'), team.owner);
    for (let before = -1; before !== batches();) {
      before = batches();
      await pause();
    }
    // Twenty batches of about a megabyte: only what the sockets take in is looked up.
    expect(batches()).toBeGreaterThan(0);
    expect(batches()).toBeLessThan(20);
    answer.destroy();
    const [end] = await ends(team.id);
    expect(end?.data).toMatchObject({ format: 'jsonl', outcome: 'cancelled' });
    expect(end?.data['events']).toBeLessThan(10_000);
    const stopped = batches();
    await pause();
    expect(batches()).toBe(stopped);
    looks.mockRestore();
  });

  it('breaks off when the database fails in the middle, and says so in the trail', async () => {
    const team = await large(3_000, 200_000);
    const reads = kit.app.get(Reads);
    const adHoc = reads.adHoc.bind(reads);
    let batches = 0;
    const looks = jest.spyOn(reads, 'adHoc').mockImplementation(async (text, values) => {
      if (text.includes('from event e') && ++batches === 3) throw new Error('gone');
      return adHoc(text, values) as never;
    });
    const answer = await ask(team.url('audit-export?format=jsonl'), team.owner);
    const broken = new Promise((resolve) => answer.on('error', resolve).on('end', () => resolve('whole')));
    answer.resume();
    expect(await broken).toMatchObject({ code: 'ECONNRESET' });
    looks.mockRestore();
    expect((await ends(team.id))[0]?.data).toMatchObject({ outcome: 'failed', events: 1000 });
  });

  it('holds what was there when it began, in whole', async () => {
    const team = await large(1_201, 300_000);
    const answer = await ask(team.url('audit-export?format=jsonl'), team.owner);
    let text = '';
    for await (const part of answer.setEncoding('utf8')) text += String(part);
    const positions = text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as AuditEvent).position);
    const mine = positions.filter((position) => position > 300_000);
    expect(mine).toEqual(Array.from({ length: 1_201 }, (_, n) => 301_201 - n));
    expect(text).not.toContain('audit.export_started');
  });

  it('is not run for who asks only for its head', async () => {
    const team = await kit.make.workspace().create();
    const looks = jest.spyOn(kit.app.get(Reads), 'adHoc');
    const answer = await kit.app.inject({
      method: 'HEAD',
      url: team.url('audit-export?format=jsonl'),
      headers: team.owner.headers,
    });
    expect([answer.statusCode, answer.headers.allow, answer.body]).toEqual([405, 'GET', '']);
    expect(looks.mock.calls.filter(([text]) => text.includes('from event e'))).toEqual([]);
    looks.mockRestore();
    await pause();
    expect((await kit.events({ workspaceId: team.id })).filter(({ type }) => type.startsWith('audit.'))).toEqual([]);
    const wrong = await kit.app.inject({ method: 'DELETE', url: team.url('audit-export') });
    expect([wrong.statusCode, wrong.headers.allow]).toEqual([405, 'GET']);
  });

  it('is counted as an export', () => {
    const routes = kit.app
      .get(RouteTable)
      .all()
      .filter(({ path }) => path.endsWith('/audit-export'));
    expect(routes.map(({ plan }) => plan.endpoint.rateClass)).toEqual(['export', 'export']);
  });
});
