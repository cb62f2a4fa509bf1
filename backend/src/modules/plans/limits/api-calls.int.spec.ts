import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { UsersModule } from '#modules/users/index.js';
import { Transactions } from '#platform/database/index.js';
import { QuotaExceeded, QuotaKinds } from '#platform/quotas/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { until } from '#test/deals-kit.js';
import { factory, type Factory, type TestWorkspace } from '#test/factories.js';
import { WorkspacePlans } from '../assignments/workspace-plans.js';
import { Payments } from '../billing/payments.js';
import { PlansModule } from '../index.js';
import { assignPlan, withPlans } from '../spec-support.js';
import { ApiCalls } from './api-calls.js';
import { QuotaNotices } from './quota-notices.js';

let spec: TestApplication;
let make: Factory;

beforeAll(async () => {
  spec = await startApplication(
    [UsersModule, PlansModule],
    withPlans({ none: { api_calls: 0 }, few: { api_calls: 5 }, many: { api_calls: 3_000 } }),
  );
  make = factory(spec.app);
});
afterAll(() => spec.close());

async function on(plan: string | null): Promise<TestWorkspace> {
  const team = await make.workspace().create();
  if (plan) await assignPlan(spec.app, team.id, plan);
  return team;
}
const keyOf = (team: TestWorkspace) => make.apiKey(team, team.owner).scopes('workspace:read').create();
const ask = (team: TestWorkspace, { headers }: { headers: { authorization: string } }) =>
  spec.request('GET', team.url(), { headers });
const written = async (team: TestWorkspace) => {
  await spec.app.get(ApiCalls).write();
  await spec.app.get(ApiCalls).write();
  const [row] = await spec.rows<{ calls: string }>('select calls from api_call_use where workspace_id = $1', [team.id]);
  return Number(row?.calls ?? 0);
};
/** Counting as another process does it: with a memory and transactions of its own. */
function anotherProcess(run?: (go: () => Promise<unknown>) => Promise<unknown>): ApiCalls {
  const transactions = spec.app.get(Transactions);
  const own = Object.assign(Object.create(transactions) as Transactions, {
    run: (work: never) => (run ? run(() => transactions.run(work)) : transactions.run(work)),
  });
  return new ApiCalls(own, spec.app.get(WorkspacePlans), spec.app.get(QuotaNotices), spec.app.get(Payments));
}
const kind = () => spec.app.get(QuotaKinds).get('api_calls');
/** Spends so many, all at once. @returns how many were granted */
async function spend(meter: ApiCalls, team: TestWorkspace, times: number): Promise<number> {
  const one = async () => meter.spend(kind(), team.id);
  const outcomes = await Promise.allSettled(Array.from({ length: times }, one));
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(QuotaExceeded);
  return outcomes.filter(({ status }) => status === 'fulfilled').length;
}

describe('calls of programs', () => {
  it('are counted by workspace, those of people are not', async () => {
    const [team, other] = [await on(null), await on(null)];
    const key = await keyOf(team);
    for (let i = 0; i < 7; i++) expect((await ask(team, key)).statusCode).toBe(200);
    for (let i = 0; i < 3; i++) await ask(team, team.owner);
    expect((await ask(other, key)).statusCode).toBe(404);
    expect([await written(team), await written(other)]).toEqual([7, 0]);
  });

  it('are counted of a service account like of any key', async () => {
    const team = await on('few');
    const { headers } = team.owner;
    const account = { name: 'Importer', role: 'viewer' };
    const made = await spec.request('POST', team.url('service-accounts'), { headers, payload: account });
    const wanted = { name: 'A key', scopes: ['workspace:read'], serviceAccountId: made.json().id };
    const { key } = (await spec.request('POST', team.url('api-keys'), { headers, payload: wanted })).json();
    const answers = [];
    for (let i = 0; i < 6; i++) answers.push(await ask(team, { headers: { authorization: `Bearer ${key}` } }));
    expect(answers.map((a) => a.statusCode)).toEqual([200, 200, 200, 200, 200, 402]);
    expect(await written(team)).toBe(5);
  });

  it('are refused with 402 when there are as many as the plan allows; people still get in', async () => {
    const team = await on('few');
    const key = await keyOf(team);
    const answers = [];
    for (let i = 0; i < 7; i++) answers.push(await ask(team, key));
    expect(answers.map((a) => a.statusCode)).toEqual([200, 200, 200, 200, 200, 402, 402]);
    const now = new Date();
    expect(answers[6]?.json()).toMatchObject({
      code: 'quota_exceeded',
      quota: 'api_calls',
      used: 5,
      allowed: 5,
      resetsAt: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1)).toISOString(),
    });
    expect((await ask(team, team.owner)).statusCode).toBe(200);
    expect(await written(team)).toBe(5);
    const notices = (await spec.events({ workspaceId: team.id })).filter((e) => e.type.startsWith('quota.'));
    expect(notices.map((e) => [e.type, e.data['used']])).toEqual([
      ['quota.warned', 4],
      ['quota.reached', 5],
    ]);
  });

  it('are answered again when the plan grows', async () => {
    const team = await on('none');
    const key = await keyOf(team);
    expect((await ask(team, key)).statusCode).toBe(402);
    await assignPlan(spec.app, team.id, 'few');
    await until(async () => (await ask(team, key)).statusCode === 200);
    expect(await written(team)).toBe(1);
  });

  it('are exactly as many as allowed, whatever the number of processes', async () => {
    const team = await on('few');
    const meters = [anotherProcess(), anotherProcess(), anotherProcess()];
    const granted = await Promise.all(meters.map((meter) => spend(meter, team, 5)));
    expect(granted.reduce((sum, n) => sum + n)).toBe(5);
    expect(await spend(anotherProcess(), team, 3)).toBe(0);
    expect(await written(team)).toBe(5);
  });

  it('are counted in memory while the limit is far, and in the database when it is near', async () => {
    const team = await on('many');
    let transactions = 0;
    const meter = anotherProcess((go) => (transactions++, go()));
    expect([await spend(meter, team, 1_500), transactions]).toEqual([1_500, 1]);
    await meter.write();
    expect(transactions).toBe(2);
    expect(await written(team)).toBe(1_500);
    expect(await spend(meter, team, 400)).toBe(400);
    for (let left = 12; left > 0; left--) await spend(meter, team, 100);
    expect([await spend(meter, team, 100), await written(team)]).toEqual([0, 3_000]);
  });

  it('are kept when they cannot be written, and nobody is refused for that', async () => {
    const team = await on(null);
    let away = true;
    const meter = anotherProcess((go) => (away ? Promise.reject(new Error('away')) : go()));
    expect(await spend(meter, team, 3)).toBe(3);
    await meter.write();
    away = false;
    await meter.write();
    expect(await written(team)).toBe(3);
  });

  it('of a month that ends are written as that month’s', async () => {
    const team = await on('few');
    const meter = anotherProcess();
    const now = Date.now();
    const months = [new Date(now), new Date(now)];
    months[1]!.setUTCMonth(months[0]!.getUTCMonth() + 1, 15);
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now);
    // Unwritten when the month ends: the plan is not limited then.
    await assignPlan(spec.app, team.id, null);
    expect(await spend(meter, team, 3)).toBe(3);
    clock.mockReturnValue(months[1]!.getTime());
    expect(await spend(meter, team, 2)).toBe(2);
    clock.mockRestore();
    await meter.write();
    const text = `select to_char(month, 'YYYY-MM') as month, calls::int from api_call_use where workspace_id = $1 order by 1`;
    expect(await spec.rows(text, [team.id])).toEqual([
      { month: months[0]!.toISOString().slice(0, 7), calls: 3 },
      { month: months[1]!.toISOString().slice(0, 7), calls: 2 },
    ]);
  });

  it('are written when the process ends', async () => {
    const team = await on(null);
    const meter = anotherProcess();
    await spend(meter, team, 1);
    await spend(meter, team, 4);
    await meter.beforeApplicationShutdown();
    expect(await written(team)).toBe(5);
  });
});
