import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson, type TestWorkspace } from '#test/factories.js';
import { walkApi } from '#test/routes.js';
import { UsersModule } from '../index.js';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule]);
});
afterAll(() => spec.close());

type Caller = Pick<TestPerson, 'headers'>;
const send = (method: string, url: string, { headers }: Caller, payload?: object) =>
  spec.request(method, url, { headers, ...(payload ? { payload } : {}) });
const suspend = (team: TestWorkspace, as: Caller, { id }: { id: string }) =>
  send('POST', team.url(`members/${id}/suspension`), as);
const resume = (team: TestWorkspace, as: Caller, { id }: { id: string }) =>
  send('DELETE', team.url(`members/${id}/suspension`), as);
const code = async (answer: Promise<{ statusCode: number; json(): { code?: string } }>) => {
  const { statusCode, json } = await answer;
  return [statusCode, json().code];
};
const mails = async ({ id }: { id: string }) =>
  (await spec.rows(`select from job where queue = 'mail' and subject_id = $1`, [id])).length;
const SHUT = [403, 'member_suspended'];

async function team(role: 'owner' | 'admin' | 'member' = 'admin') {
  const acme = await factory(spec.app).workspace().create();
  return { acme, owner: acme.owner, bob: await factory(spec.app).person().in(acme, role).create() };
}

describe('a suspended member', () => {
  it('finds every route of the workspace closed, with a key too, and keeps everything', async () => {
    const { acme, owner, bob } = await team();
    const key = await factory(spec.app).apiKey(acme, bob).scopes('workspace:read').create();
    expect((await send('GET', acme.url(), bob)).statusCode).toBe(200);
    expect((await send('GET', acme.url(), key)).statusCode).toBe(200);
    const answer = await suspend(acme, owner, bob);
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      expect.objectContaining({ userId: bob.id, role: 'admin', suspendedAt: expect.stringMatching(/Z$/) }),
    ]);
    const routes = walkApi(spec.app).filter((route) => route.plan.demand.kind === 'workspace');
    expect(routes.length).toBeGreaterThan(10);
    for (const { method, path } of routes) {
      const url = path.replace(':workspaceId', acme.id).replace(/:\w+/g, bob.id);
      expect([method, path, ...(await code(send(method, url, bob)))]).toEqual([method, path, ...SHUT]);
    }
    // The grant of a key may be remembered for a second.
    for (let tries = 0; tries < 300 && (await send('GET', acme.url(), key)).statusCode === 200; tries++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await code(send('GET', acme.url(), key))).toEqual(SHUT);
    expect((await send('GET', '/api/v1/me', bob)).statusCode).toBe(200);
    const mine = (await send('GET', '/api/v1/workspaces', bob)).json().items;
    expect(mine).toEqual([expect.objectContaining({ id: acme.id, role: 'admin', closedBecause: 'member_suspended' })]);
    expect(await spec.rows('select role from membership where user_id = $1', [bob.id])).toEqual([{ role: 'admin' }]);
  });

  it('is let in again at once, and both is recorded once', async () => {
    const { acme, owner, bob } = await team();
    for (const act of [suspend, suspend, resume, resume]) expect((await act(acme, owner, bob)).statusCode).toBe(200);
    expect((await send('GET', acme.url(), bob)).statusCode).toBe(200);
    const actor = expect.objectContaining({ userId: owner.id });
    const [shut, open] = [
      { state: 'suspended', before: { state: 'active' } },
      { state: 'active', before: { state: 'suspended' } },
    ];
    expect(await spec.events({ workspaceId: acme.id, subjectId: bob.id })).toEqual([
      expect.objectContaining({ type: 'member.suspended', data: { role: 'admin', ...shut }, actor }),
      expect.objectContaining({ type: 'member.resumed', data: { role: 'admin', ...open }, actor }),
    ]);
  });

  it('is told by mail, once a change', async () => {
    const { acme, owner, bob } = await team();
    for (const act of [suspend, suspend, resume, resume]) await act(acme, owner, bob);
    const got = [await spec.mailTo(bob.email), await spec.mailTo(bob.email)];
    const [again, closed] = got.sort((a, b) => b.subject.length - a.subject.length);
    expect(closed?.subject).toBe(`${acme.name} is closed to you`);
    expect(closed?.text).toContain('ask an owner of the workspace');
    expect(again?.subject).toBe(`${acme.name} is open to you again`);
    expect(again?.text).toContain(`/workspaces/${acme.id}`);
    expect([await mails(bob), await mails(owner)]).toEqual([2, 0]);
  });

  it('is suspended by those who may, and nobody suspends themselves', async () => {
    const { acme, owner, bob } = await team();
    const [plain] = await Promise.all([
      factory(spec.app).person().in(acme, 'member').create(),
      factory(spec.app).person().in(acme, 'owner').create(),
    ]);
    expect(await code(suspend(acme, bob, owner))).toEqual([403, 'owners_only']);
    expect(await code(suspend(acme, owner, owner))).toEqual([409, 'own_membership']);
    expect((await suspend(acme, plain, bob)).statusCode).toBe(403);
    const stranger = await factory(spec.app).person().create();
    expect((await suspend(acme, owner, stranger)).statusCode).toBe(404);
    expect((await suspend(acme, stranger, bob)).statusCode).toBe(404);
    expect(
      await spec.rows('select from membership where workspace_id = $1 and suspended_at is not null', [acme.id]),
    ).toEqual([]);
    expect(await spec.events({ workspaceId: acme.id })).toEqual([]);
    expect([await mails(owner), await mails(bob), await mails(stranger)]).toEqual([0, 0, 0]);
  });

  it('is never the last owner, whoever suspends whom at once', async () => {
    const { acme, owner, bob } = await team('owner');
    const answers = await spec.race(
      { sql: 'select from membership where workspace_id = $1 for update', values: [acme.id], until: 2 },
      () => Promise.all([suspend(acme, owner, bob), suspend(acme, bob, owner)]),
    );
    expect(answers.map((a) => a.statusCode).sort()).toEqual([200, 403]);
    const open = 'select from membership where workspace_id = $1 and suspended_at is null';
    expect(await spec.rows(open, [acme.id])).toHaveLength(1);
    expect(await spec.events({ workspaceId: acme.id })).toHaveLength(1);
  });
});

describe('the open invitations of somebody', () => {
  const invite = async (acme: TestWorkspace, as: Caller, role = 'viewer') => {
    const payload = { email: `guest-${Math.random().toString(36).slice(2)}@example.com`, role };
    const answer = await send('POST', acme.url('invitations'), as, payload);
    expect(answer.statusCode).toBe(201);
    return { id: answer.json().id as string, email: payload.email };
  };
  const open = async (acme: TestWorkspace) =>
    (await send('GET', acme.url('invitations'), acme.owner)).json().items.map((i: { id: string }) => i.id);

  it.each(['removed', 'suspended', 'made a member', 'leaving'] as const)('end when they are %s', async (how) => {
    const { acme, owner, bob } = await team();
    const [theirs, others] = [await invite(acme, bob), await invite(acme, owner)];
    const { token } = await spec.mailTo(theirs.email);
    const at = acme.url(`members/${bob.id}`);
    if (how === 'removed') await send('DELETE', at, owner);
    else if (how === 'suspended') await suspend(acme, owner, bob);
    else if (how === 'leaving') await send('DELETE', `/api/v1/me/memberships/${acme.id}`, bob);
    else await send('PATCH', at, owner, { role: 'member' });
    expect(await open(acme)).toEqual([others.id]);
    const events = await spec.events({ subjectId: theirs.id, type: 'invitation.revoked' });
    expect(events.map((event) => event.data)).toEqual([{ role: 'viewer', because: 'inviter' }]);
    const guest = await factory(spec.app).person().email(theirs.email).create();
    const use = send('POST', '/api/v1/invitations/acceptance', guest, { token });
    expect(await code(use)).toEqual([409, 'invitation_closed']);
    expect(await spec.rows('select from membership where user_id = $1', [guest.id])).toEqual([]);
  });

  it('end when they may not invite with that role any more, and the others stay', async () => {
    const { acme, owner, bob } = await team('owner');
    const [asOwner, asViewer] = [await invite(acme, bob, 'owner'), await invite(acme, bob)];
    await send('PATCH', acme.url(`members/${bob.id}`), owner, { role: 'admin' });
    expect(await open(acme)).toEqual([asViewer.id]);
    expect(await spec.events({ subjectId: asOwner.id, type: 'invitation.revoked' })).toHaveLength(1);
  });

  it('are not sent by somebody who was removed a moment before', async () => {
    const { acme, owner, bob } = await team();
    const [removal, invitation] = await spec.race(
      { sql: 'select from membership where workspace_id = $1 for update', values: [acme.id], until: 2 },
      async () => {
        const removing = send('DELETE', acme.url(`members/${bob.id}`), owner);
        const payload = { email: 'late@example.com', role: 'viewer' };
        return Promise.all([removing, send('POST', acme.url('invitations'), bob, payload)]);
      },
    );
    expect(removal.statusCode).toBe(204);
    // Whichever got the lock first: no invitation of theirs is left.
    expect([201, 404]).toContain(invitation.statusCode);
    expect(await open(acme)).toEqual([]);
  });
});
