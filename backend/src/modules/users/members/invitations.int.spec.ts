import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson, type TestWorkspace } from '#test/factories.js';
import { UsersModule } from '../index.js';

const WAITING = `
  select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

describe('an invitation', () => {
  let spec: TestApplication;
  let guests = 0;
  beforeAll(async () => {
    spec = await startApplication([UsersModule]);
  });
  afterAll(() => spec.close());

  const guest = () => `guest${++guests}@example.com`;
  const invite = (team: TestWorkspace, email: string, role = 'member', who = team.owner) =>
    spec.request('POST', team.url('invitations'), { headers: who.headers, payload: { email, role } });
  const register = (email: string, invitation: string) =>
    spec.request('POST', '/api/v1/registrations', {
      payload: { name: 'Guest', email, password: 'a long enough password', invitation, transport: 'body' },
    });
  const accept = (who: TestPerson, token: string) =>
    spec.request('POST', '/api/v1/invitations/acceptance', { headers: who.headers, payload: { token } });
  const roleOf = async (team: TestWorkspace, userId: string) =>
    (
      await spec.rows<{ role: string }>('select role from membership where workspace_id = $1 and user_id = $2', [
        team.id,
        userId,
      ])
    )[0]?.role;

  it('brings a new person in with its role, confirmed and signed in', async () => {
    const team = await factory(spec.app).workspace('Engines').create();
    const email = guest();
    const made = await invite(team, email, 'viewer');
    expect(made.statusCode).toBe(201);
    expect(made.json()).toMatchObject({ email, role: 'viewer', invitedBy: team.owner.id, expired: false });
    expect(made.body).not.toContain('token');
    const mail = await spec.mailTo(email);
    expect(mail.subject).toBe(`${team.owner.name} invites you to Engines`);

    const offer = await spec.request('POST', '/api/v1/invitations/preview', { payload: { token: mail.token } });
    expect(offer.json()).toEqual({
      workspaceName: 'Engines',
      email,
      role: 'viewer',
      invitedBy: team.owner.name,
      hasAccount: false,
    });
    const answer = await register(email, mail.token);
    expect(answer.statusCode).toBe(201);
    const { session } = answer.json();
    expect(session.person).toMatchObject({ email, emailVerified: true, operator: false });
    const headers = { authorization: `Bearer ${session.accessToken}` };
    expect((await spec.request('GET', team.url(), { headers })).json()).toMatchObject({
      name: 'Engines',
      role: 'viewer',
    });

    const person = session.person.id;
    expect((await spec.events({ workspaceId: team.id })).map((e) => [e.type, e.subjectId, e.data])).toEqual([
      ['invitation.created', made.json().id, { role: 'viewer' }],
      ['invitation.accepted', made.json().id, { role: 'viewer', userId: person }],
      ['member.added', person, { role: 'viewer' }],
    ]);
    expect((await spec.events({ subjectId: person })).map((e) => e.type)).toEqual([
      'user.registered',
      'user.email_verified',
      'member.added',
    ]);
    const left = await spec.request('GET', team.url('invitations'), { headers: team.owner.headers });
    expect(left.json().items).toEqual([]);
  });

  it('is accepted by a person who has an account, under the invited address only', async () => {
    const make = factory(spec.app);
    const team = await make.workspace().create();
    const [bob, eve] = [await make.person().unverified().create(), await make.person().create()];
    await invite(team, bob.email.toUpperCase());
    const { token } = await spec.mailTo(bob.email.toUpperCase().replace('EXAMPLE.COM', 'example.com'));
    const stolen = await accept(eve, token);
    expect([stolen.statusCode, stolen.json().code]).toEqual([403, 'other_address']);
    expect((await register(bob.email, token)).json().code).toBe('email_taken');
    const joined = await accept(bob, token);
    expect([joined.statusCode, joined.json()]).toEqual([201, { workspaceId: team.id, role: 'member' }]);
    expect([await roleOf(team, bob.id), await roleOf(team, eve.id)]).toEqual(['member', undefined]);
    expect((await spec.events({ subjectId: bob.id })).map((e) => e.type)).toEqual([
      'user.email_verified',
      'member.added',
    ]);
  });

  it('is used once, however many try at once', async () => {
    const team = await factory(spec.app).workspace().create();
    const email = guest();
    await invite(team, email);
    const { token } = await spec.mailTo(email);
    const lock = { sql: 'select from invitation where email_key = $1 for update', values: [email], until: 5 };
    const answers = await spec.race(lock, () => Promise.all(Array.from({ length: 5 }, () => register(email, token))));
    expect(answers.map((a) => a.statusCode).sort()).toEqual([201, 409, 409, 409, 409]);
    expect(await spec.rows('select from user_account where email_key = $1', [email])).toHaveLength(1);
    expect(await spec.events({ workspaceId: team.id, type: 'member.added' })).toHaveLength(1);
  });

  it('is one per address, however many admins invite at once, and the last link is the one that works', async () => {
    const team = await factory(spec.app).workspace().create();
    const email = guest();
    const lock = { sql: 'select from workspace where id = $1 for update', values: [team.id], until: 4 };
    const answers = await spec.race(lock, () => Promise.all(Array.from({ length: 4 }, () => invite(team, email))));
    expect(new Set(answers.map((a) => a.json().id)).size).toBe(1);
    const mails = [];
    for (let i = 0; i < 4; i++) mails.push(await spec.mailTo(email));
    const outcomes = [];
    for (const { token } of mails)
      outcomes.push((await spec.request('POST', '/api/v1/invitations/preview', { payload: { token } })).statusCode);
    expect(outcomes.sort()).toEqual([200, 409, 409, 409]);
  });

  it('is not accepted once it was taken back or ran out', async () => {
    const team = await factory(spec.app).workspace().create();
    const [first, second] = [guest(), guest()];
    const { id } = (await invite(team, first)).json();
    await invite(team, second);
    const tokens = [(await spec.mailTo(first)).token, (await spec.mailTo(second)).token];
    const revoke = () => spec.request('DELETE', team.url(`invitations/${id}`), { headers: team.owner.headers });
    expect((await revoke()).statusCode).toBe(204);
    expect((await revoke()).statusCode).toBe(409);
    await spec.rows('update invitation set expires_at = now() where email_key = $1', [second]);
    for (const [at, email] of [first, second].entries())
      expect((await register(email, tokens[at] ?? '')).json().code).toBe('invitation_closed');
    expect((await spec.events({ subjectId: id })).map((e) => e.type)).toEqual([
      'invitation.created',
      'invitation.revoked',
    ]);
    const listed = await spec.request('GET', team.url('invitations'), { headers: team.owner.headers });
    expect(listed.json().items).toEqual([expect.objectContaining({ email: second, expired: true })]);
  });

  it('does not sign up another address than the invited one', async () => {
    const team = await factory(spec.app).workspace().create();
    const email = guest();
    await invite(team, email);
    const { token } = await spec.mailTo(email);
    expect((await register('eve@example.com', token)).json().code).toBe('other_address');
    expect(await spec.rows(`select from user_account where email_key = 'eve@example.com'`)).toHaveLength(0);
    expect((await register(email, token)).statusCode).toBe(201);
  });

  it('is not made for a member', async () => {
    const make = factory(spec.app);
    const team = await make.workspace().create();
    const bob = await make.person().in(team).create();
    expect((await invite(team, bob.email)).json().code).toBe('already_member');
    expect(await spec.events({ workspaceId: team.id })).toEqual([]);
  });

  it('is sent to one address by one person five times an hour, over all workspaces', async () => {
    const make = factory(spec.app);
    const [team, email] = [await make.workspace().create(), guest()];
    const other = await make.workspace().ownedBy(team.owner).create();
    for (const place of [team, team, other, team, other]) expect((await invite(place, email)).statusCode).toBe(201);
    const refused = await invite(other, email.toUpperCase(), 'member', team.owner);
    expect([refused.statusCode, refused.json().code]).toEqual([429, 'too_many_requests']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await invite(team, guest())).statusCode).toBe(201);
    const admin = await make.person().in(team, 'admin').create();
    expect((await invite(team, email, 'member', admin)).statusCode).toBe(201);
    const sent = await spec.events({ workspaceId: other.id, type: 'invitation.created' });
    expect(sent).toHaveLength(2);
  });

  it('is not sent anew to somebody who is just accepting it', async () => {
    const make = factory(spec.app);
    const team = await make.workspace().create();
    const bob = await make.person().create();
    const { id } = (await invite(team, bob.email)).json();
    const { token } = await spec.mailTo(bob.email);
    const lock = { sql: 'select from invitation where id = $1 for update', values: [id], until: 2 };
    const [accepted, again] = await spec.race(lock, async () => {
      const accepting = accept(bob, token);
      while ((await spec.rows(WAITING)).length < 1) await new Promise((resolve) => setTimeout(resolve, 10));
      return Promise.all([accepting, invite(team, bob.email, 'viewer')]);
    });
    expect([accepted.statusCode, again.statusCode, again.json().code]).toEqual([201, 409, 'already_member']);
    expect(await roleOf(team, bob.id)).toBe('member');
    expect(await spec.events({ workspaceId: team.id, type: 'invitation.created' })).toHaveLength(1);
  });

  it.each(['-guest@example.com', '!#$%&*+/=?^_`{|}~-guest-@example.com'])(
    'to %s is sent or refused in a sentence, never a fault',
    async (email) => {
      const team = await factory(spec.app).workspace().create();
      const answer = await invite(team, email);
      const sent = email.startsWith('-') ? 0 : 1;
      expect(answer.statusCode).toBe(sent ? 201 : 400);
      expect(await spec.rows('select from invitation where workspace_id = $1', [team.id])).toHaveLength(sent);
      expect(await spec.events({ workspaceId: team.id })).toHaveLength(sent);
    },
  );

  it('of another workspace cannot be taken back', async () => {
    const make = factory(spec.app);
    const [team, other] = [await make.workspace().create(), await make.workspace().create()];
    const { id } = (await invite(other, guest())).json();
    const answer = await spec.request('DELETE', team.url(`invitations/${id}`), { headers: team.owner.headers });
    expect(answer.statusCode).toBe(404);
    expect(await spec.rows('select revoked_at from invitation where id = $1', [id])).toEqual([{ revoked_at: null }]);
  });
});
