import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import type { TestApplication } from '#test/application.js';
import { factory, type TestPerson } from '#test/factories.js';
import { authenticatorOf, secondStep } from '#test/factors.js';
import { IssuerVisitor, known, withIssuer } from '#test/identities.js';
import type { IssuerPerson, TestIssuer } from '#test/issuer.js';

const API = '/api/v1';

describe('where registration is open', () => {
  let spec: TestApplication;
  let issuer: TestIssuer;
  beforeAll(async () => {
    ({ spec, issuer } = await withIssuer({ SIGNALBOX_REGISTRATION: 'open' }));
    await factory(spec.app).person().create();
  });
  afterAll(async () => {
    await spec?.close();
    await issuer?.stop();
  });

  const browser = () => new IssuerVisitor(spec, issuer);
  const accounts = (email: string) =>
    spec.rows<{ id: string; password_hash: string | null; verified: boolean; name: string }>(
      `select id, name, password_hash, email_verified_at is not null as verified from user_account where email_key = $1`,
      [email],
    );
  const started = async (userId: string) =>
    (await spec.events({ type: 'session.started' })).filter((event) => event.data['userId'] === userId);
  const refusals = async () => (await spec.events({ type: 'identity.refused' })).map((event) => event.data['reason']);
  const identitiesOf = (who: TestPerson) =>
    spec.request('GET', `${API}/me/identities`, { headers: who.headers }).then((answer) => answer.json().items);

  it('says which issuers there are, who may sign up, and no secret', async () => {
    const answer = await spec.request('GET', `${API}/sign-in-providers`);
    expect(answer.json()).toEqual({ items: [{ id: 'acme', name: 'Acme', preset: null }], registration: 'open' });
  });

  it('opens an account for an address that the issuer confirmed, and signs in to it from then on', async () => {
    const { subject, email } = known(issuer);
    const first = await browser().signIn(subject);
    expect(first.statusCode).toBe(201);
    const { person } = first.json();
    expect(person).toMatchObject({ email, emailVerified: true, name: 'Ada Lovelace' });
    expect(await accounts(email)).toEqual([
      { id: person.id, name: 'Ada Lovelace', password_hash: null, verified: true },
    ]);
    const again = await browser().signIn(subject);
    expect(again.json().person.id).toBe(person.id);
    expect((await spec.events({ subjectId: person.id })).map((event) => event.type)).toEqual([
      'user.registered',
      'user.email_verified',
    ]);
    expect((await started(person.id)).map((event) => event.data)).toEqual([
      { userId: person.id, method: 'identity' },
      { userId: person.id, method: 'identity' },
    ]);
    const linked = (await spec.events({ type: 'identity.linked' })).filter((e) => e.data['userId'] === person.id);
    expect(linked).toEqual([
      expect.objectContaining({ workspaceId: SYSTEM_WORKSPACE, data: { userId: person.id, provider: 'acme' } }),
    ]);
  });

  it('opens one account however often somebody comes at once', async () => {
    const { subject, email } = known(issuer);
    const answers = await Promise.all([1, 2, 3].map(() => browser().signIn(subject)));
    expect(answers.map((answer) => answer.statusCode).filter((status) => status === 201).length).toBeGreaterThan(0);
    for (const answer of answers) expect([201, 409]).toContain(answer.statusCode);
    expect(await accounts(email)).toHaveLength(1);
  });

  it.each<[string, IssuerPerson]>([
    ['not confirmed', { email_verified: false }],
    ['not said to be confirmed', { email_verified: 'maybe' }],
    ['none', { email: '' }],
    ['not one that is taken here', { email: 'аdа@example.com' }],
  ])('opens none for an address that is %s', async (_, person) => {
    const { subject, email } = known(issuer, person);
    const answer = await browser().signIn(subject);
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'address_unverified']);
    expect(await accounts(email)).toEqual([]);
    expect((await refusals()).at(-1)).toBe('address_unverified');
  });

  it('never joins an account that exists, however its address is spelled or whether it is confirmed', async () => {
    for (const make of [factory(spec.app).person(), factory(spec.app).person().unverified()]) {
      const ada = await make.create();
      const { subject } = known(issuer, { email: ada.email.toUpperCase() });
      const answer = await browser().signIn(subject);
      expect([answer.statusCode, answer.json().code]).toEqual([409, 'identity_not_linked']);
      expect(await identitiesOf(ada)).toEqual([]);
      expect(await started(ada.id)).toEqual([]);
    }
  });

  it('tells who only claims an address nothing about it', async () => {
    const ada = await factory(spec.app).person().create();
    const { subject } = known(issuer, { email: ada.email, email_verified: false });
    expect((await browser().signIn(subject)).json().code).toBe('address_unverified');
  });

  it('signs in by the subject: an address that changed at the issuer leads to no other account', async () => {
    const [ada, victim] = [await factory(spec.app).person().create(), await factory(spec.app).person().create()];
    const { subject } = known(issuer);
    expect((await browser().link(ada, subject)).statusCode).toBe(201);
    issuer.people.set(subject, { email: victim.email, email_verified: true, name: 'Somebody' });
    expect((await browser().signIn(subject)).json().person).toMatchObject({ id: ada.id, email: ada.email });
    expect((await identitiesOf(ada))[0]).toMatchObject({ email: victim.email, lastUsedAt: expect.any(String) });
    expect(await started(victim.id)).toEqual([]);
  });

  it('asks for the second factor of a person who has one', async () => {
    const ada = await factory(spec.app).person().create();
    const { subject } = known(issuer);
    await browser().link(ada, subject);
    const app = await authenticatorOf(spec, ada);
    const entry = (await browser().signIn(subject)).json();
    expect(entry).toMatchObject({ state: 'second_factor_required', methods: ['totp', 'recovery_code'] });
    const done = await secondStep(spec, entry.challenge, { method: 'totp', code: app.code() });
    expect(done.statusCode).toBe(201);
    expect((await started(ada.id)).map((event) => event.data)).toEqual([
      { userId: ada.id, method: 'identity', factor: 'totp' },
    ]);
  });

  it('waits for the address to be confirmed here, where it was not', async () => {
    const ada = await factory(spec.app).person().create();
    const { subject } = known(issuer);
    await browser().link(ada, subject);
    await spec.rows('update user_account set email_verified_at = null where id = $1 returning id', [ada.id]);
    const answer = await browser().signIn(subject);
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'email_unverified']);
  });
});

describe('where people join by invitation', () => {
  let spec: TestApplication;
  let issuer: TestIssuer;
  beforeAll(async () => {
    ({ spec, issuer } = await withIssuer());
  });
  afterAll(async () => {
    await spec?.close();
    await issuer?.stop();
  });
  const browser = () => new IssuerVisitor(spec, issuer);

  it('opens no first account: that needs the setup code', async () => {
    const { subject } = known(issuer);
    expect((await browser().signIn(subject)).json().code).toBe('setup_required');
    expect(await spec.rows('select from user_account')).toEqual([]);
  });

  it('opens an account for an invited address only', async () => {
    const acme = await factory(spec.app).workspace().create();
    const { subject, email } = known(issuer);
    const uninvited = await browser().signIn(subject);
    expect([uninvited.statusCode, uninvited.json().code]).toEqual([403, 'registration_closed']);

    await spec.request('POST', acme.url('invitations'), {
      headers: acme.owner.headers,
      payload: { email, role: 'member' },
    });
    const { token: invitation } = await spec.mailTo(email);
    const stranger = known(issuer);
    expect((await browser().signIn(stranger.subject, { invitation })).json().code).toBe('other_address');

    const joined = await browser().signIn(subject, { invitation });
    expect(joined.statusCode).toBe(201);
    const headers = { authorization: `Bearer ${joined.json().accessToken}` };
    const workspaces = (await spec.request('GET', `${API}/workspaces`, { headers })).json().items;
    expect(workspaces).toEqual([expect.objectContaining({ id: acme.id, role: 'member' })]);
    expect((await spec.events({ workspaceId: acme.id, type: 'member.added' })).at(-1)).toMatchObject({
      subjectId: joined.json().person.id,
    });
    const late = known(issuer);
    expect((await browser().signIn(late.subject, { invitation })).json().code).toBe('invitation_closed');
    expect(await spec.rows('select from user_account where email_key = $1', [late.email])).toEqual([]);
  });
});
