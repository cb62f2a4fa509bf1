import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { UsersModule } from '#modules/users/index.js';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { until } from '#test/deals-kit.js';
import { factory, type Factory, type TestPerson, type TestWorkspace } from '#test/factories.js';
import { PlansModule } from '../index.js';
import { withPlans } from '../spec-support.js';
import type { WorkspacePlanShown } from './assignments.schemas.js';

let spec: TestApplication;
let make: Factory;
let operator: TestPerson;

beforeAll(async () => {
  const plans = withPlans({ lone: { members: 1 }, duo: { members: 2, api_calls: 9 } });
  spec = await startApplication([UsersModule, PlansModule], plans);
  make = factory(spec.app);
  operator = await make.person().operator().create();
});
afterAll(() => spec.close());

const call = (method: string, path: string, payload?: object, who: Pick<TestPerson, 'headers'> = operator) =>
  spec.request(method, `/api/v1/instance/${path}`, { headers: who.headers, ...(payload && { payload }) });
const assign = (team: Pick<TestWorkspace, 'id'>, plan: unknown, who?: TestPerson) =>
  call('PUT', `workspaces/${team.id}/plan`, { plan } as object, who);
const takeBack = (team: TestWorkspace) => call('DELETE', `workspaces/${team.id}/plan`);
const stored = (team: TestWorkspace) =>
  spec.rows('select assigned, paid from workspace_plan where workspace_id = $1', [team.id]);
const told = async (team: TestWorkspace) =>
  (await spec.events({ subjectId: team.id })).map(({ workspaceId, type, actor, data }) => [
    workspaceId === SYSTEM_WORKSPACE ? 'system' : 'workspace',
    type,
    actor.id,
    data,
  ]);
/** A workspace that the log knows of. */
async function opened(): Promise<TestWorkspace> {
  const owner = await make.person().create();
  const name = `Team ${uuidv7()}`;
  const answer = await spec.request('POST', '/api/v1/workspaces', { headers: owner.headers, payload: { name } });
  const { id } = answer.json<{ id: string }>();
  return { id, name, owner, url: (path = '') => `/api/v1/workspaces/${id}${path && `/${path}`}` };
}

describe('an operator', () => {
  it('assigns a plan, which is recorded for the instance and for the workspace', async () => {
    const team = await make.workspace().create();
    const answer = await assign(team, 'duo');
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      expect.objectContaining({
        workspaceId: team.id,
        plan: { name: 'duo', title: 'Duo' },
        source: 'assigned',
        assigned: 'duo',
        paid: null,
      }),
    ]);
    // Again: nothing changes, nothing is recorded.
    await assign(team, 'duo');
    expect(await stored(team)).toEqual([{ assigned: 'duo', paid: null }]);
    expect(await told(team)).toEqual([
      ['workspace', 'plan.changed', operator.id, { before: 'unlimited', after: 'duo', reason: 'assigned' }],
      ['system', 'plan.assigned', operator.id, { before: null, after: 'duo' }],
    ]);
  });

  it('takes it back, and the workspace has what it had before', async () => {
    const team = await make.workspace().create();
    await spec.rows(`insert into workspace_plan (workspace_id, paid) values ($1, 'duo')`, [team.id]);
    await assign(team, 'lone');
    expect((await takeBack(team)).json()).toMatchObject({ plan: { name: 'duo' }, source: 'paid', assigned: null });
    expect((await takeBack(team)).statusCode).toBe(200);
    expect(await stored(team)).toEqual([{ assigned: null, paid: 'duo' }]);
    expect((await told(team)).slice(2)).toEqual([
      ['workspace', 'plan.changed', operator.id, { before: 'lone', after: 'duo', reason: 'assigned' }],
      ['system', 'plan.assigned', operator.id, { before: 'lone', after: null }],
    ]);
  });

  it('hears in a sentence of a plan or a workspace that there is not', async () => {
    const team = await make.workspace().create();
    const unknown = await assign(team, 'gold');
    expect([unknown.statusCode, unknown.json()]).toEqual([
      400,
      expect.objectContaining({
        detail: 'There is no plan "gold".',
        errors: [{ path: '/body/plan', message: 'must be one of lone, duo, unlimited' }],
      }),
    ]);
    for (const plan of ['', null, 7, 'x'.repeat(41)]) expect((await assign(team, plan)).statusCode).toBe(400);
    expect((await assign({ id: uuidv7() }, 'duo')).statusCode).toBe(404);
    expect((await call('DELETE', `workspaces/${uuidv7()}/plan`)).statusCode).toBe(404);
    expect([await stored(team), await told(team)]).toEqual([[], []]);
  });

  it('sees every workspace with its plan and how much it uses, page by page', async () => {
    const [first, second] = [await opened(), await opened()];
    await assign(second, 'duo');
    await spec.rows(
      `insert into api_call_use (workspace_id, month, calls) values ($1, date_trunc('month', now() at time zone 'UTC'), 4)`,
      [second.id],
    );
    const page = async (cursor?: string) =>
      (await call('GET', `workspace-plans?limit=1${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)).json<{
        items: WorkspacePlanShown[];
        nextCursor: string;
      }>();
    await until(async () => (await page()).items[0]?.quotas.find(({ quota }) => quota === 'members')?.used === 1);
    const newest = await page();
    expect(newest.items[0]).toEqual({
      workspaceId: second.id,
      name: second.name,
      createdAt: expect.stringMatching(/Z$/),
      plan: { name: 'duo', title: 'Duo' },
      source: 'assigned',
      assigned: 'duo',
      paid: null,
      quotas: expect.arrayContaining([
        { quota: 'members', unit: 'count', used: 1, allowed: 2, percent: 50 },
        { quota: 'api_calls', unit: 'count', used: 4, allowed: 9, percent: 44.4 },
        { quota: 'deployments', unit: 'count', used: 0, allowed: null, percent: null },
      ]),
    });
    expect((await page(newest.nextCursor)).items[0]?.workspaceId).toBe(first.id);
    const byName = (await call('GET', 'workspace-plans?sort=name')).json<{ items: WorkspacePlanShown[] }>().items;
    expect(byName.map(({ name }) => name)).toEqual(byName.map(({ name }) => name).toSorted());
  });

  it('sees that a workspace was given a plan that is no more', async () => {
    const team = await make.workspace().create();
    await spec.rows(`insert into workspace_plan (workspace_id, assigned) values ($1, 'gone')`, [team.id]);
    const { items } = (await call('GET', 'workspace-plans')).json<{ items: WorkspacePlanShown[] }>();
    expect(items.find(({ workspaceId }) => workspaceId === team.id)).toMatchObject({
      plan: { name: 'unlimited' },
      source: 'default',
      assigned: 'gone',
    });
  });

  it('sees which plans there are', async () => {
    const { items } = (await call('GET', 'plans')).json<{ items: object[] }>();
    expect(items).toEqual([
      {
        name: 'lone',
        title: 'Lone',
        limits: expect.objectContaining({ members: 1, api_calls: null }),
        standard: false,
      },
      { name: 'duo', title: 'Duo', limits: expect.objectContaining({ members: 2, api_calls: 9 }), standard: false },
      { name: 'unlimited', title: 'Unlimited', limits: expect.objectContaining({ members: null }), standard: true },
    ]);
  });

  it('tells a workspace at once when a smaller plan is used up', async () => {
    const team = await opened();
    await until(async () => (await spec.rows('select from usage_level where workspace_id = $1', [team.id])).length > 0);
    await assign(team, 'lone');
    expect((await told(team)).map(([, type]) => type).filter((type) => String(type).startsWith('quota.'))).toEqual([
      'quota.warned',
      'quota.reached',
    ]);
  });

  it('is one: nobody else sees or assigns plans, owners included', async () => {
    const team = await make.workspace().create();
    for (const path of ['plans', 'workspace-plans'])
      expect((await call('GET', path, undefined, team.owner)).statusCode).toBe(403);
    expect((await assign(team, 'duo', team.owner)).statusCode).toBe(403);
    expect(await stored(team)).toEqual([]);
  });
});
