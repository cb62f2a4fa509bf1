import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { systemActor } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { EventLog, ReaderOperations } from '#platform/event-log/index.js';
import { SubscriptionsModule } from '#modules/subscriptions/index.js';
import { dealsKit, until, type DealsKit } from '#test/deals-kit.js';
import { factory, type Factory, type TestPerson, type TestWorkspace } from '#test/factories.js';
import { ApiCalls } from '../limits/api-calls.js';
import { PlansModule } from '../index.js';
import { assignPlan, withPlans } from '../spec-support.js';
import type { Usage, UsedQuota } from './usage.schemas.js';

jest.setTimeout(60_000);
let kit: DealsKit;
let make: Factory;

beforeAll(async () => {
  const plans = withPlans({
    ten: { members: 5, subscriptions: 10, storage: '1 MB', api_calls: 100 },
    five: { subscriptions: 5 },
  });
  kit = await dealsKit(plans, [PlansModule, SubscriptionsModule]);
  make = factory(kit.app);
});
afterAll(() => kit?.close());

const post = async <T>(team: TestWorkspace, path: string, payload: object): Promise<T> => {
  const answer = await kit.request('POST', team.url(path), { headers: team.owner.headers, payload });
  if (answer.statusCode >= 300) throw new Error(`${path} answered ${answer.statusCode}: ${answer.body}`);
  return answer.json<T>();
};
const remove = (team: TestWorkspace, path: string) =>
  kit.request('DELETE', team.url(path), { headers: team.owner.headers });
const subscribe = (team: TestWorkspace, times: number) =>
  Promise.all(
    Array.from({ length: times }, (_, i) => post<{ id: string }>(team, 'subscriptions', { filter: `price<${i + 1}` })),
  );
const usageOf = async (team: TestWorkspace, who: Pick<TestPerson, 'headers'> = team.owner) =>
  (await kit.request('GET', team.url('usage'), { headers: who.headers })).json<Usage>();
const used = async (team: TestWorkspace, quota: string) =>
  (await usageOf(team)).quotas.find((q) => q.quota === quota) as UsedQuota;
const reaches = (team: TestWorkspace, quota: string, amount: number) =>
  until(async () => (await used(team, quota)).used === amount);
const notices = async (team: TestWorkspace) =>
  (await kit.events({ workspaceId: team.id })).filter(({ type }) => type.startsWith('quota.'));
async function on(plan: string | null): Promise<TestWorkspace> {
  const owner = await make.person().create();
  const made = await kit.request('POST', '/api/v1/workspaces', { headers: owner.headers, payload: { name: 'Team' } });
  const { id } = made.json<{ id: string }>();
  if (plan) await assignPlan(kit.app, id, plan);
  return { id, name: 'Team', owner, url: (path = '') => `/api/v1/workspaces/${id}${path && `/${path}`}` };
}

describe('usage', () => {
  it('is metered from what happens, and shown against the limits', async () => {
    const team = await on('ten');
    await post(team, 'invitations', { email: 'guest-of-usage@example.com', role: 'viewer' });
    const [first] = await subscribe(team, 3);
    await remove(team, `subscriptions/${first!.id}`);
    const source = await post<{ id: string }>(team, 'sources', { kind: 'upload', name: 'Files' });
    const text = { subject: 'A text', text: 'x'.repeat(1000), html: false };
    const { messages } = await post<{ messages: { id: string }[] }>(team, `sources/${source.id}/messages`, text);
    await post(team, `sources/${source.id}/messages`, { ...text, subject: 'Another' });
    await remove(team, `messages/${messages[0]!.id}`);
    const key = await make.apiKey(team, team.owner).scopes('workspace:read').create();
    await usageOf(team, key);
    await kit.app.get(ApiCalls).write();

    const [stored] = await kit.rows<{ size: number }>(
      'select sum(size)::int as size from message where workspace_id = $1',
      [team.id],
    );
    await reaches(team, 'storage', stored!.size);
    await reaches(team, 'subscriptions', 2);
    const usage = await usageOf(team);
    const month = new Date().toISOString().slice(0, 7);
    const byName = Object.fromEntries(usage.quotas.map(({ quota, ...rest }) => [quota, rest]));
    expect(usage.plan).toEqual({ name: 'ten', title: 'Ten' });
    expect(byName['members']).toEqual({
      noun: 'members',
      unit: 'count',
      used: 1,
      reserved: 1,
      allowed: 5,
      percent: 40,
      resetsAt: null,
      months: [{ month, most: 1 }],
    });
    expect(byName['subscriptions']).toMatchObject({ used: 2, allowed: 10, percent: 20, months: [{ month, most: 3 }] });
    expect(byName['storage']).toMatchObject({ unit: 'bytes', used: stored!.size, allowed: 1_048_576 });
    expect(byName['storage']!.months[0]!.most).toBeGreaterThan(stored!.size);
    expect(byName['api_calls']).toMatchObject({ used: 1, allowed: 100, percent: 1, months: [{ month, most: 1 }] });
    expect(byName['api_calls']!.resetsAt).toMatch(/^\d{4}-\d\d-01T00:00:00\.000Z$/);
    expect(byName['deployments']).toMatchObject({ used: 0, allowed: null, percent: null, months: [] });
  });

  it('built anew from the log is what it was, and tells nobody again', async () => {
    const team = await on('ten');
    await subscribe(team, 8);
    await until(async () => (await notices(team)).length === 1);
    const before = await usageOf(team);
    await kit.app.get(ReaderOperations).rebuild('usage');
    await until(async () => JSON.stringify(await usageOf(team)) === JSON.stringify(before));
    expect(await notices(team)).toHaveLength(1);
  });

  it('at 80 % is warned of, at 100 % told of as reached: each once a month', async () => {
    const team = await on('ten');
    await subscribe(team, 7);
    await reaches(team, 'subscriptions', 7);
    expect(await notices(team)).toEqual([]);
    const [eighth] = await subscribe(team, 1);
    await until(async () => (await notices(team)).length === 1);
    await remove(team, `subscriptions/${eighth!.id}`);
    await subscribe(team, 3);
    await until(async () => (await notices(team)).length === 2);
    const period = new Date().toISOString().slice(0, 7);
    const about = { quota: 'subscriptions', allowed: 10, plan: 'ten', period };
    expect(
      (await notices(team)).map(({ type, subjectId, actor, data }) => [type, subjectId, actor.kind, data]),
    ).toEqual([
      ['quota.warned', team.id, 'system', { ...about, used: 8 }],
      ['quota.reached', team.id, 'system', { ...about, used: 10 }],
    ]);
    expect(
      await kit.rows('select quota, percent from quota_notice where workspace_id = $1 order by percent', [team.id]),
    ).toEqual([
      { quota: 'subscriptions', percent: 80 },
      { quota: 'subscriptions', percent: 100 },
    ]);
  });

  it('over a plan that shrank is shown as it is', async () => {
    const team = await on('ten');
    await subscribe(team, 6);
    await reaches(team, 'subscriptions', 6);
    await assignPlan(kit.app, team.id, 'five');
    expect(await used(team, 'subscriptions')).toMatchObject({ used: 6, allowed: 5, percent: 120 });
  });

  it('of past months tells nobody, and stays shown', async () => {
    const team = await on('ten');
    const past = new Date(Date.UTC(new Date().getUTCFullYear() - 1, 5, 15));
    const data = { name: 'Old', target: 'deal', filter: '', paused: false };
    await kit.app.get(Transactions).run(async (em) => {
      for (let i = 0; i < 10; i++) {
        const subscription = { workspaceId: team.id, subjectId: team.id, actor: systemActor(), occurredAt: past, data };
        kit.app.get(EventLog).record(em, 'subscription.created', subscription);
      }
    });
    await reaches(team, 'subscriptions', 10);
    expect(await notices(team)).toEqual([]);
    expect((await used(team, 'subscriptions')).months).toEqual([{ month: past.toISOString().slice(0, 7), most: 10 }]);
  });

  it('is for the people of the workspace, viewers too', async () => {
    const team = await on('ten');
    const viewer = await make.person().in(team, 'viewer').create();
    const stranger = await make.person().create();
    const ask = (who: TestPerson, path: string) => kit.request('GET', team.url(path), { headers: who.headers });
    for (const path of ['usage', 'plan'])
      expect([(await ask(viewer, path)).statusCode, (await ask(stranger, path)).statusCode]).toEqual([200, 404]);
  });
});

describe('the plan of a workspace', () => {
  it('is the default until it has another, with every limit', async () => {
    const team = await on(null);
    const ask = async () => (await kit.request('GET', team.url('plan'), { headers: team.owner.headers })).json();
    const limits = { members: null, subscriptions: null, storage: null, api_calls: null, deployments: null };
    expect(await ask()).toEqual({
      plan: { name: 'unlimited', title: 'Unlimited', limits },
      source: 'default',
      changedAt: null,
      payment: null,
      offers: [],
    });
    await assignPlan(kit.app, team.id, 'five');
    expect(await ask()).toEqual({
      plan: { name: 'five', title: 'Five', limits: { ...limits, subscriptions: 5 } },
      source: 'assigned',
      changedAt: expect.stringMatching(/Z$/),
      payment: null,
      offers: [],
    });
  });
});
