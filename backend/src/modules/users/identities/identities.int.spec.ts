import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApplication } from '#test/application.js';
import { factory, type TestPerson } from '#test/factories.js';
import { firstStep } from '#test/factors.js';
import { IssuerVisitor, known, withIssuer } from '#test/identities.js';
import type { TestIssuer } from '#test/issuer.js';

const API = '/api/v1';

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
const identitiesOf = (who: TestPerson) =>
  spec.request('GET', `${API}/me/identities`, { headers: who.headers }).then((answer) => answer.json().items);

describe('linking', () => {
  it('is done by the person who is signed in, who is told', async () => {
    const ada = await factory(spec.app).person().create();
    const { subject, email } = known(issuer, { email_verified: false });
    const answer = await browser().link(ada, subject);
    expect([answer.statusCode, answer.json()]).toEqual([
      201,
      {
        id: expect.any(String),
        provider: 'acme',
        providerName: 'Acme',
        available: true,
        email,
        createdAt: expect.any(String),
        lastUsedAt: null,
      },
    ]);
    expect(await identitiesOf(ada)).toEqual([answer.json()]);
    expect((await spec.mailTo(ada.email)).subject).toBe('Acme can sign you in');
    expect(await spec.events({ subjectId: answer.json().id })).toEqual([
      expect.objectContaining({ type: 'identity.linked', data: { userId: ada.id, provider: 'acme' } }),
    ]);
    expect((await browser().signIn(subject)).json().person.id).toBe(ada.id);
  });

  it('takes an identity once', async () => {
    const [ada, bob] = [await factory(spec.app).person().create(), await factory(spec.app).person().create()];
    const { subject } = known(issuer);
    expect((await browser().link(ada, subject)).statusCode).toBe(201);
    for (const who of [bob, ada]) {
      const answer = await browser().link(who, subject);
      expect([answer.statusCode, answer.json().code]).toEqual([409, 'identity_taken']);
    }
    expect(await identitiesOf(bob)).toEqual([]);
  });

  it('ends in the session that began it', async () => {
    const ada = await factory(spec.app).person().create();
    const bob = await factory(spec.app).person().create();
    const other = { headers: { authorization: `Bearer ${(await firstStep(spec, ada)).json().accessToken}` } };
    const { subject } = known(issuer);
    for (const who of [bob, other]) {
      const here = browser();
      const response = await issuer.visit((await here.begin({}, ada)).url, subject);
      expect((await here.end(response, who)).json().code).toBe('journey_over');
    }
    expect(await identitiesOf(ada)).toEqual([]);
  });

  it('waits for a recent proof', async () => {
    const ada = await factory(spec.app).person().create();
    await spec.rows(`update session set created_at = now() - interval '1 hour' where id = $1 returning id`, [
      ada.sessionId,
    ]);
    await expect(browser().begin({}, ada)).rejects.toThrow('reauthentication_required');
  });

  it('ends at ten', async () => {
    const ada = await factory(spec.app).person().create();
    await spec.rows(
      `insert into identity (id, user_id, provider, issuer, subject, created_at)
       select gen_random_uuid(), $1::uuid, 'acme', 'x', $1::text || n, now() from generate_series(1, 10) n returning id`,
      [ada.id],
    );
    await expect(browser().begin({}, ada)).rejects.toThrow('identity_limit');
  });
});

describe('unlinking', () => {
  const unlink = (who: Pick<TestPerson, 'headers'>, id: string) =>
    spec.request('DELETE', `${API}/me/identities/${id}`, { headers: who.headers });

  it('takes the way in away, and the person is told', async () => {
    const ada = await factory(spec.app).person().create();
    const { subject } = known(issuer, { email: ada.email });
    const { id } = (await browser().link(ada, subject)).json();
    const bob = await factory(spec.app).person().create();
    expect((await unlink(bob, id)).statusCode).toBe(404);
    expect((await unlink(ada, id)).statusCode).toBe(204);
    expect(await identitiesOf(ada)).toEqual([]);
    expect((await browser().signIn(subject)).json().code).toBe('identity_not_linked');
    let mail = await spec.mailTo(ada.email);
    while (mail.subject !== 'Acme was unlinked') mail = await spec.mailTo(ada.email);
    expect((await spec.events({ subjectId: id })).map((event) => event.type)).toEqual([
      'identity.linked',
      'identity.unlinked',
    ]);
  });

  it('leaves the last way in, whichever of two goes first', async () => {
    const { subject } = known(issuer);
    const { accessToken, person } = (await browser().signIn(subject)).json();
    const ada = { headers: { authorization: `Bearer ${accessToken}` } };
    const [first] = (await spec.request('GET', `${API}/me/identities`, ada)).json().items;
    const last = await unlink(ada, first.id);
    expect([last.statusCode, last.json().code]).toEqual([409, 'last_sign_in_method']);

    const other = known(issuer);
    const here = browser();
    const response = await issuer.visit((await here.begin({}, ada as TestPerson)).url, other.subject);
    const second = (await here.end(response, ada)).json();
    const lock = { sql: 'select from user_account where id = $1 for update', values: [person.id], until: 2 };
    const answers = await spec.race(lock, () => Promise.all([unlink(ada, first.id), unlink(ada, second.id)]));
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([204, 409]);
    expect(await spec.rows('select from identity where user_id = $1', [person.id])).toHaveLength(1);
  });
});
