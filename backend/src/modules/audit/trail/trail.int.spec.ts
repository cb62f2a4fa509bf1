import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { FilterTargets } from '#platform/filters/index.js';
import { dealFound } from '#test/deals.js';
import type { TestPerson, TestWorkspace } from '#test/factories.js';
import { actorOf, auditKit, type AuditKit } from '../spec-support.js';
import type { AuditEvent } from './trail.schemas.js';

let kit: AuditKit;
let team: TestWorkspace;
let admin: TestPerson;
beforeAll(async () => {
  kit = await auditKit();
  team = await kit.make.workspace().create();
  admin = await kit.make.person().named('Ada Byron').in(team, 'admin').create();
});
afterAll(() => kit.close());

type Listed = { items: AuditEvent[]; nextCursor: string | null };
async function list(search = '', as: TestPerson = admin, path = team.url('audit-events')): Promise<Listed> {
  const answer = await kit.get(`${path}?${search}`, as);
  expect([answer.statusCode, answer.statusCode === 200 ? '' : answer.body]).toEqual([200, '']);
  return answer.json<Listed>();
}
const filtered = async (filter: string, as = admin) => {
  const { items } = await list(new URLSearchParams({ filter }).toString(), as);
  return items.map(({ id }) => id);
};

describe("a workspace's trail", () => {
  it('says who did what, from where, through which session or key', async () => {
    const key = await kit.make.apiKey(team, admin).create();
    const subjectId = uuidv7();
    const actor = { ...actorOf(admin, '192.0.2.7'), requestId: 'req-1', operator: true };
    const byPerson = await kit.record({ workspaceId: team.id, subjectId, actor });
    const byKey = await kit.record({ workspaceId: team.id, actor: { kind: 'api_key', id: key.id, userId: admin.id } });
    const bySystem = await kit.record({ workspaceId: team.id });
    const { items } = await list('limit=3');
    expect(items.map(({ id }) => id)).toEqual([bySystem, byKey, byPerson]);
    expect(items[2]).toEqual({
      id: byPerson,
      position: expect.any(Number),
      at: expect.stringMatching(/Z$/),
      type: 'deal.expired',
      about: expect.stringMatching(/\.$/),
      actor: { kind: 'user', id: admin.id, userId: admin.id, name: 'Ada Byron', operator: true },
      sessionId: admin.sessionId,
      apiKey: null,
      serviceAccount: null,
      address: '192.0.2.7',
      requestId: 'req-1',
      subject: { type: 'deal', id: subjectId },
      scope: { kind: 'workspace', id: null },
      data: { title: 'A deal' },
    });
    expect(items[1]).toMatchObject({ apiKey: { id: key.id, name: expect.any(String) }, sessionId: null });
    expect(items[1]?.actor).toMatchObject({ kind: 'api_key', id: key.id, name: 'Ada Byron' });
    expect(items[0]?.actor).toEqual({ kind: 'system', id: null, userId: null, name: null, operator: false });
    const one = await kit.get(team.url(`audit-events/${byPerson}`), admin);
    expect(one.json()).toEqual(items[2]);
  });

  it('says which service account it was, and finds it, by its key too', async () => {
    const account = uuidv7();
    const key = uuidv7();
    await kit.make.sql(
      `with made as (
         insert into service_account (id, workspace_id, name, role, created_at, updated_at)
         values ($1, $2, 'Importer', 'viewer', now(), now()) returning id, workspace_id)
       insert into api_key (id, workspace_id, service_account_id, name, hash, hint, scopes, created_at)
       select $3, workspace_id, id, 'Night run', $4, 'abcd', '{deals:read}', now() from made`,
      [account, team.id, key, Buffer.from(key)],
    );
    const actor = { kind: 'service_account', id: key, userId: null, serviceAccountId: account } as const;
    const id = await kit.record({ workspaceId: team.id, actor });
    for (const filter of ['by:service_account', `account:${account}`, `key:${key}`])
      expect(await filtered(filter)).toEqual([id]);
    expect(await filtered('by:api_key')).not.toContain(id);
    const { items } = await list('limit=1');
    expect(items[0]).toMatchObject({
      actor: { kind: 'service_account', id: key, userId: null, name: 'Importer' },
      apiKey: { id: key, name: 'Night run' },
      serviceAccount: { id: account, name: 'Importer' },
    });
  });

  it('is walked by its cursor without a gap or a repeat, the newest first', async () => {
    const busy = await kit.make.workspace().create();
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) ids.unshift(await kit.record({ workspaceId: busy.id }));
    const walked: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const search = `limit=3&filter=type:deal.expired${cursor && `&cursor=${cursor}`}`;
      const got: Listed = await list(search, busy.owner, busy.url('audit-events'));
      walked.push(...got.items.map(({ id }) => id));
      cursor = got.nextCursor;
    }
    expect(walked).toEqual(ids);
    const { nextCursor } = await list('limit=2', busy.owner, busy.url('audit-events'));
    const elsewhere = await kit.get(team.url(`audit-events?limit=2&cursor=${nextCursor}`), admin);
    expect(elsewhere.statusCode).toBe(400);
    const { items } = await list('fields=id,type&limit=1', busy.owner, busy.url('audit-events'));
    expect(items).toEqual([{ id: ids[0], type: 'deal.expired' }]);
  });

  it('is asked in the filter language', async () => {
    const key = await kit.make.apiKey(team, admin).create();
    const other = await kit.make.person().in(team).create();
    const subjectId = uuidv7();
    const mine = await kit.record({ workspaceId: team.id, actor: actorOf(other, '198.51.100.23') });
    const keyed = await kit.record({
      workspaceId: team.id,
      actor: { kind: 'api_key', id: key.id, userId: admin.id, address: '2001:db8::1' },
    });
    const long = new Date('2001-02-03T04:05:06Z');
    const old = await kit.record({ workspaceId: team.id, occurredAt: long, subjectId });
    const joined = await kit.record({
      workspaceId: team.id,
      type: 'member.added',
      subjectId: other.id,
      data: { role: 'member' },
    });
    expect(await filtered(`actor:${other.id}`)).toEqual([mine]);
    expect(await filtered('actor:me by:user', other.id === admin.id ? other : admin)).not.toContain(keyed);
    expect(await filtered(`session:${other.sessionId}`)).toEqual([mine]);
    expect(await filtered(`key:${key.id.toUpperCase()}`)).toEqual([keyed]);
    expect(await filtered('address:198.51.100.23')).toEqual([mine]);
    expect(await filtered('address:198.51.*')).toEqual([mine]);
    expect(await filtered('address:"2001:db8::1"')).toEqual([keyed]);
    expect(await filtered('at<2002')).toEqual([old]);
    expect(await filtered('at:2001-02-03')).toEqual([old]);
    expect(await filtered(`subject:${subjectId}`)).toEqual([old]);
    expect(await filtered(`about:user subject:${other.id} type:member.*`)).toEqual([joined]);
    expect(await filtered(`type:member.added,deal.expired -by:system actor:${other.id}`)).toEqual([mine]);
    const changes = await kit.make.workspace().create();
    const about = { workspaceId: changes.id, type: 'member.role_changed' } as const;
    const demoted = await kit.record({ ...about, data: { before: 'admin', after: 'member' } });
    const raised = await kit.record({ ...about, data: { before: 'member', after: 'admin' } });
    const after = dealFound({ priceMinor: 30_000 });
    const priced = await kit.record({
      workspaceId: changes.id,
      type: 'deal.repriced',
      data: { before: { priceMinor: 70_000, currency: 'USD' }, after },
    });
    const before = await kit.record({
      workspaceId: changes.id,
      type: 'deal.repriced',
      data: { before: { priceMinor: 1 }, after },
    });
    const changed = async (filter: string) => {
      const { items } = await list(`filter=${encodeURIComponent(filter)}`, changes.owner, changes.url('audit-events'));
      return items.map(({ id }) => id);
    };
    expect(await changed('type:member.role_changed was.role:admin')).toEqual([demoted]);
    expect(await changed('changed:role role:admin')).toEqual([raised]);
    expect(await changed('changed:price')).toEqual([before, priced]);
    expect(await changed('was.price>600')).toEqual([priced]);
    expect(await changed('-changed:role,price about:member,deal,user')).not.toContain(demoted);
    const wrong = await kit.get(team.url('audit-events?filter=actr:me'), admin);
    expect(wrong.json()).toMatchObject({
      status: 400,
      code: 'filter_refused',
      suggestion: expect.stringContaining('actor'),
    });
  });

  it('shows what concerns a person to them alone, and nothing of other workspaces', async () => {
    const [member, theirs] = [await kit.make.person().in(team, 'admin').create(), await kit.make.workspace().create()];
    const own = await kit.record({ workspaceId: team.id, scope: { kind: 'user', id: member.id } });
    const project = await kit.record({ workspaceId: team.id, scope: { kind: 'project', id: uuidv7() } });
    const elsewhere = await kit.record({ workspaceId: theirs.id });
    expect(await filtered('scope:user', member)).toEqual([own]);
    expect(await filtered('scope:user,project')).toEqual([]);
    for (const id of [own, project, elsewhere]) {
      const answer = await kit.get(team.url(`audit-events/${id}`), admin);
      expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([404, 'event_not_found']);
    }
    expect((await kit.get(team.url(`audit-events/${own}`), member)).statusCode).toBe(200);
  });

  it('still lists an event whose data was erased', async () => {
    const id = await kit.record({ workspaceId: team.id });
    await kit.make.sql(`update event set data = null, salt = null, digest = 'x' where id = $1 returning 1`, [id]);
    expect((await list('limit=1')).items[0]).toMatchObject({ id, data: null });
  });

  it('is no target of subscriptions', () => {
    const targets = kit.app.get(FilterTargets);
    expect(targets.get('event').catalogue.find('actor')).toBeDefined();
    expect(targets.has('event')).toBe(false);
    expect(targets.all().map(({ name }) => name)).not.toContain('event');
  });
});

describe("the instance's trail", () => {
  it('shows operators the system workspace, and nothing of any other', async () => {
    const operator = await kit.make.person().operator().create();
    const signedIn = await kit.record({
      workspaceId: SYSTEM_WORKSPACE,
      type: 'session.started',
      scope: { kind: 'user', id: admin.id },
      actor: actorOf(admin, '192.0.2.9'),
      data: { userId: admin.id, method: 'password' },
    });
    const ofTeam = await kit.record({ workspaceId: team.id });
    const { items } = await list('filter=type:session.*', operator, '/api/v1/audit-events');
    expect(items[0]).toMatchObject({ id: signedIn, address: '192.0.2.9', actor: { name: 'Ada Byron' } });
    expect((await list('limit=200', operator, '/api/v1/audit-events')).items.map(({ id }) => id)).not.toContain(ofTeam);
    expect((await kit.get(`/api/v1/audit-events/${signedIn}`, operator)).statusCode).toBe(200);
    expect((await kit.get(`/api/v1/audit-events/${ofTeam}`, operator)).statusCode).toBe(404);
    expect((await kit.get('/api/v1/audit-events', admin)).statusCode).toBe(403);
  });
});
