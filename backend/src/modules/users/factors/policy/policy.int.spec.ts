import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson, type TestWorkspace } from '#test/factories.js';
import { authenticatorOf } from '#test/factors.js';
import { UsersModule } from '../../index.js';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule]);
});
afterAll(() => spec.close());

type Caller = Pick<TestPerson, 'headers'>;
const send = (method: string, url: string, { headers }: Caller, payload?: object) =>
  spec.request(method, url, { headers, payload });
const put = (team: TestWorkspace, as: Caller, required: boolean) =>
  send('PUT', team.url('second-factor-policy'), as, { required });
const verdict = async (team: TestWorkspace, as: Caller, path = '') => {
  const answer = await send('GET', team.url(path), as);
  return [answer.statusCode, answer.json().code];
};
const BARRED = [403, 'second_factor_needed'];
const OPEN = [200, undefined];

/** A workspace whose owner has a second factor, and a member who has none. */
async function team(): Promise<{ acme: TestWorkspace; owner: TestPerson; bob: TestPerson }> {
  const acme = await factory(spec.app).workspace().create();
  await authenticatorOf(spec, acme.owner);
  return { acme, owner: acme.owner, bob: await factory(spec.app).person().in(acme, 'admin').create() };
}

describe('a workspace that asks for a second factor', () => {
  it('is closed to members without one, says so, and opens at once when they have one', async () => {
    const { acme, owner, bob } = await team();
    expect(await verdict(acme, bob)).toEqual(OPEN);
    const changed = await put(acme, owner, true);
    expect([changed.statusCode, changed.json()]).toEqual([200, { required: true, membersWithout: 1 }]);
    for (const path of ['', 'members', 'invitations', 'api-keys', 'second-factor-policy'])
      expect([path, await verdict(acme, bob, path)]).toEqual([path, BARRED]);
    expect((await send('PATCH', acme.url(), bob, { name: 'Taken' })).json().code).toBe('second_factor_needed');
    expect(await verdict(acme, owner)).toEqual(OPEN);

    // Their own things stay theirs, and the way out is open.
    expect((await send('GET', '/api/v1/me', bob)).statusCode).toBe(200);
    await authenticatorOf(spec, bob);
    expect(await verdict(acme, bob)).toEqual(OPEN);
    await send('DELETE', '/api/v1/me/totp', bob);
    expect(await verdict(acme, bob)).toEqual(BARRED);
    expect(await spec.events({ subjectId: acme.id, type: 'workspace.second_factor_policy_changed' })).toEqual([
      expect.objectContaining({
        workspaceId: acme.id,
        data: { required: true },
        actor: expect.objectContaining({ userId: owner.id }),
      }),
    ]);
  });

  it('is listed for them as closed, and nothing of it is told', async () => {
    const { acme, owner, bob } = await team();
    await put(acme, owner, true);
    const mine = async (who: Caller) => (await send('GET', '/api/v1/workspaces', who)).json().items;
    expect(await mine(bob)).toEqual([
      expect.objectContaining({ id: acme.id, role: 'admin', secondFactorRequired: true, secondFactorNeeded: true }),
    ]);
    expect(await mine(owner)).toEqual([
      expect.objectContaining({ id: acme.id, role: 'owner', secondFactorRequired: true, secondFactorNeeded: false }),
    ]);
    const grants = 'select from access_grant where principal_id = $1 and workspace_id = $2';
    expect(await spec.rows(grants, [bob.id, acme.id])).toEqual([]);
    expect(await spec.rows(grants, [owner.id, acme.id])).toHaveLength(1);
  });

  it("is closed to the keys of those members, and not to others'", async () => {
    const { acme, owner, bob } = await team();
    const make = factory(spec.app);
    const his = await make.apiKey(acme, bob).scopes('workspace:read').create();
    const theirs = await make.apiKey(acme, owner).scopes('workspace:read').create();
    expect(await verdict(acme, his)).toEqual(OPEN);
    await put(acme, owner, true);
    expect(await verdict(acme, his)).toEqual(BARRED);
    expect(await verdict(acme, theirs)).toEqual(OPEN);
  });

  it('does not exist for strangers, as before', async () => {
    const { acme, owner } = await team();
    await put(acme, owner, true);
    expect(await verdict(acme, await factory(spec.app).person().create())).toEqual([404, 'not_found']);
    const gone = await factory(spec.app).person().in(acme).create();
    const key = await factory(spec.app).apiKey(acme, gone).scopes('workspace:read').create();
    await send('DELETE', acme.url(`members/${gone.id}`), owner);
    expect(await verdict(acme, gone)).toEqual([404, 'not_found']);
    // Revoked with the membership: nothing is left that could be refused here.
    expect(await verdict(acme, key)).toEqual([401, 'unauthenticated']);
  });

  it('leaves other workspaces of its members alone', async () => {
    const { acme, owner, bob } = await team();
    const other = await factory(spec.app).workspace().ownedBy(bob).create();
    await put(acme, owner, true);
    expect(await verdict(other, bob)).toEqual(OPEN);
  });

  it('opens to all again when it ceases to ask', async () => {
    const { acme, owner, bob } = await team();
    await put(acme, owner, true);
    expect(await verdict(acme, bob)).toEqual(BARRED);
    expect((await put(acme, owner, false)).json()).toEqual({ required: false, membersWithout: 1 });
    expect(await verdict(acme, bob)).toEqual(OPEN);
    await put(acme, owner, false);
    const events = await spec.events({ subjectId: acme.id, type: 'workspace.second_factor_policy_changed' });
    expect(events.map((event) => event.data)).toEqual([{ required: true }, { required: false }]);
  });

  it('tells the members who have none, and no others', async () => {
    const { acme, owner, bob } = await team();
    await spec.mailTo(owner.email);
    await put(acme, owner, true);
    const mail = await spec.mailTo(bob.email);
    expect(mail.subject).toBe(`${acme.name} asks for a second factor`);
    const subjects = await spec.rows('select subject from preview_mail where $1 = any(recipients)', [owner.email]);
    expect(subjects).toEqual([{ subject: 'Your authenticator app is set up' }]);
  });

  it('cannot be made so by somebody who would be locked out', async () => {
    const { acme, bob } = await team();
    const answer = await put(acme, bob, true);
    expect([answer.statusCode, answer.json().code]).toEqual(BARRED);
    expect(await verdict(acme, bob, 'second-factor-policy')).toEqual(OPEN);
    expect(await spec.events({ subjectId: acme.id, type: 'workspace.second_factor_policy_changed' })).toEqual([]);
  });

  it('is made so by people who may, after a recent proof, and by no key', async () => {
    const { acme, owner } = await team();
    const member = await factory(spec.app).person().in(acme, 'member').create();
    const key = await factory(spec.app).apiKey(acme, owner).scopes('workspace:write').create();
    expect((await put(acme, member, true)).statusCode).toBe(403);
    expect((await put(acme, key, true)).json().code).toBe('forbidden');
    await spec.rows(`update session set created_at = now() - interval '1 hour' where id = $1 returning id`, [
      owner.sessionId,
    ]);
    expect((await put(acme, owner, true)).json().code).toBe('reauthentication_required');
    expect((await send('GET', acme.url('second-factor-policy'), owner)).json().required).toBe(false);
  });
});
