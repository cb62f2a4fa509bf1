import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UsersModule } from '#modules/users/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { until } from '#test/deals-kit.js';
import { factory, type Factory, type TestWorkspace } from '#test/factories.js';
import { PlansModule } from '../index.js';
import { assignPlan, withPlans } from '../spec-support.js';

let spec: TestApplication;
let make: Factory;
let guests = 0;

beforeAll(async () => {
  const plans = withPlans({ lone: { members: 1 }, duo: { members: 2 }, trio: { members: 3 } });
  spec = await startApplication([UsersModule, PlansModule], plans);
  make = factory(spec.app);
});
afterAll(() => spec.close());

const guest = () => `guest${++guests}@example.com`;
const invite = (team: TestWorkspace, email = guest()) =>
  spec.request('POST', team.url('invitations'), {
    headers: team.owner.headers,
    payload: { email, role: 'member' },
  });
const register = (email: string, invitation: string) =>
  spec.request('POST', '/api/v1/registrations', {
    payload: { name: 'Guest', email, password: 'a long enough password', invitation, transport: 'body' },
  });
const seats = async (team: TestWorkspace) => ({
  members: (await spec.rows('select from membership where workspace_id = $1', [team.id])).length,
  invitations: (await spec.rows('select from invitation where workspace_id = $1', [team.id])).length,
});
const typesOf = async (team: TestWorkspace) => (await spec.events({ workspaceId: team.id })).map((e) => e.type);
const on = async (plan: string) => {
  const team = await make.workspace().create();
  await assignPlan(spec.app, team.id, plan);
  return team;
};

describe('a limit on members', () => {
  it('is told of in a refusal that names it and says what to do; nothing is half-done', async () => {
    const team = await on('lone');
    const answer = await invite(team);
    expect(answer.statusCode).toBe(402);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({
      code: 'quota_exceeded',
      quota: 'members',
      plan: 'lone',
      used: 1,
      allowed: 1,
      wanted: 1,
      unit: 'count',
      resetsAt: null,
      detail:
        'This workspace has used 1 of the 1 members that its plan "Lone" includes. To make room, remove a member or take an invitation back. For more, ask whoever runs this instance for a larger plan.',
    });
    expect(await seats(team)).toEqual({ members: 1, invitations: 0 });
    expect(await typesOf(team)).not.toContain('invitation.created');
  });

  it('counts an open invitation, which keeps its seat until it is used, taken back or too old', async () => {
    const team = await on('duo');
    const email = guest();
    const made = await invite(team, email);
    expect([made.statusCode, (await invite(team)).statusCode]).toEqual([201, 402]);
    // The same person again: the seat is theirs already.
    expect((await invite(team, email)).statusCode).toBe(201);

    const taken = spec.request('DELETE', team.url(`invitations/${made.json<{ id: string }>().id}`), {
      headers: team.owner.headers,
    });
    expect((await taken).statusCode).toBe(204);
    const next = guest();
    expect((await invite(team, next)).statusCode).toBe(201);
    await spec.rows('update invitation set expires_at = now() where email_key = $1', [next]);
    const last = guest();
    expect((await invite(team, last)).statusCode).toBe(201);
    // The one that ran out lost its seat to the last.
    expect((await invite(team, next)).statusCode).toBe(402);
    const { token } = await spec.mailTo(last);
    expect((await register(last, token)).statusCode).toBe(201);
    expect(await seats(team)).toMatchObject({ members: 2 });
  });

  it('that shrinks touches nobody, refuses who is new, and lets in again when it grows', async () => {
    const team = await on('trio');
    const [first, second] = [guest(), guest()];
    await invite(team, first);
    await invite(team, second);
    const tokens = [(await spec.mailTo(first)).token, (await spec.mailTo(second)).token];
    await assignPlan(spec.app, team.id, 'duo');
    expect((await register(first, tokens[0]!)).statusCode).toBe(201);
    const refused = await register(second, tokens[1]!);
    expect([refused.statusCode, refused.json().quota]).toEqual([402, 'members']);
    expect(await spec.rows('select from user_account where email_key = $1', [second])).toEqual([]);

    await assignPlan(spec.app, team.id, 'lone');
    expect(await seats(team)).toEqual({ members: 2, invitations: 2 });
    await assignPlan(spec.app, team.id, null);
    expect((await register(second, tokens[1]!)).statusCode).toBe(201);
    expect(await seats(team)).toMatchObject({ members: 3 });
    expect((await typesOf(team)).filter((type) => type === 'member.added')).toHaveLength(2);
  });

  it('that somebody met is told of as reached, once a month', async () => {
    const team = await on('lone');
    await invite(team);
    await invite(team);
    await assignPlan(spec.app, team.id, 'duo');
    await invite(team);
    await invite(team);
    const told = await until(async () => {
      const events = await spec.events({ workspaceId: team.id });
      return events.some((e) => e.type === 'quota.reached') && events;
    });
    const notices = told.filter((e) => e.type.startsWith('quota.'));
    const period = new Date().toISOString().slice(0, 7);
    expect(notices.map((e) => [e.type, e.subjectId, e.actor.kind, e.data])).toEqual([
      ['quota.warned', team.id, 'system', { quota: 'members', used: 1, allowed: 1, plan: 'lone', period }],
      ['quota.reached', team.id, 'system', { quota: 'members', used: 1, allowed: 1, plan: 'lone', period }],
    ]);
    expect(await spec.rows('select percent from quota_notice where workspace_id = $1', [team.id])).toHaveLength(2);
  });

  it('is none for a workspace whose plan the operator has no more', async () => {
    const team = await on('lone');
    await spec.rows(`update workspace_plan set assigned = 'gone' where workspace_id = $1`, [team.id]);
    await until(async () => (await invite(team)).statusCode === 201);
  });
});
