import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestWorkspace } from '#test/factories.js';
import { watchWork, workOf, type Work } from '#test/work.js';
import { UsersModule } from '../index.js';

const ROUNDS = 4;

let spec: TestApplication;
let team: TestWorkspace;
let stop: () => void;
beforeAll(async () => {
  spec = await startApplication([UsersModule], {
    SIGNALBOX_REGISTRATION: 'open',
    SIGNALBOX_GUESSES_OF_NETWORK: '10000',
  });
  team = await factory(spec.app).workspace().create();
  stop = watchWork();
});
afterAll(async () => {
  stop();
  await spec.close();
});

const stranger = async () => `${randomBytes(6).toString('hex')}@example.com`;
const known = async () => (await factory(spec.app).person().create()).email;
const withoutPassword = async () => {
  const { id, email } = await factory(spec.app).person().create();
  await spec.rows('update user_account set password_hash = null where id = $1', [id]);
  return email;
};
const unverified = async () => (await factory(spec.app).person().unverified().create()).email;

const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
  spec.request('POST', `/api/v1/${url}`, { payload, headers });
type Ask = (email: string) => ReturnType<typeof post>;

const signIn: Ask = (email) => post('sessions', { email, password: 'not the password' });
const signUp: Ask = (email) => post('registrations', { name: 'Ada', email, password: 'plums in a wooden bowl' });

/** What a client sees of an answer, without what names and counts the request. */
async function seen(ask: Ask, email: string): Promise<{ answer: unknown; work: Work }> {
  const { result, work } = await workOf(() => ask(email));
  const { instance: _, requestId: __, ...body } = (result.body ? result.json() : {}) as Record<string, unknown>;
  const { 'x-request-id': ___, date: ____, ratelimit: _____, ...headers } = result.headers;
  return {
    answer: { status: result.statusCode, headers, body: JSON.stringify(body).replaceAll(email, 'EMAIL') },
    work,
  };
}

/** Asks in turns for strangers and for others, so that neither gains from what was done before. */
async function compare(ask: Ask, others: () => Promise<string>) {
  await ask(await stranger());
  const seenOf: { strangers: Awaited<ReturnType<typeof seen>>[]; others: Awaited<ReturnType<typeof seen>>[] } = {
    strangers: [],
    others: [],
  };
  for (let i = 0; i < ROUNDS; i++) {
    seenOf.others.push(await seen(ask, await others()));
    seenOf.strangers.push(await seen(ask, await stranger()));
  }
  return seenOf;
}

describe('a stranger and a person are answered alike, after the same statements and hashes', () => {
  it.each<[string, Ask, () => Promise<string>, number]>([
    ['at sign-in with a wrong password', signIn, known, 1],
    ['at sign-in to an account without a password', signIn, withoutPassword, 1],
    ['at sign-in to an account that was not confirmed', signIn, unverified, 1],
    ['at registration', signUp, known, 1],
    ['at registration of an address that waits to be confirmed', signUp, unverified, 1],
    ['asking for a reset', (email) => post('password-resets', { email }), known, 0],
    ['asking for a confirmation link', (email) => post('email-verifications', { email }), unverified, 0],
    ['asking for an unlocking link', (email) => post('account-unlocks', { email }), known, 0],
  ])('%s', async (_, ask, others, hashes) => {
    const { strangers, others: people } = await compare(ask, others);
    expect(people).toEqual(strangers);
    expect(people[0]?.work.length).toBeGreaterThan(2);
    for (const { work } of people) expect(work.filter((step) => step === 'thread')).toHaveLength(hashes);
  });

  it('inviting somebody to a workspace', async () => {
    const invite: Ask = (email) => post(`workspaces/${team.id}/invitations`, { email }, team.owner.headers);
    const { strangers, others } = await compare(invite, known);
    // Who asks, and what they may, is looked up once a second, whomever they invite.
    const work = (of: typeof others) =>
      of.map((one) => one.work.filter((step) => !/from (session|access_grant)/.test(step)));
    expect(work(others)).toEqual(work(strangers));
    expect(work(others)[0]?.length).toBeGreaterThan(2);
    const fields = (of: typeof others) =>
      of.map(({ answer }) => Object.keys(JSON.parse((answer as { body: string }).body) as object));
    expect(fields(others)).toEqual(fields(strangers));
  });

  it('when there were too many wrong attempts, and at the one that makes the next wait', async () => {
    const [person, nobody] = [await known(), await stranger()];
    for (let guess = 1; guess <= 12; guess++) {
      const [of, ofNobody] = [await seen(signIn, person), await seen(signIn, nobody)];
      const status = (shown: typeof of) => (shown.answer as { status: number }).status;
      expect([guess, status(of)]).toEqual([guess, guess <= 10 ? 401 : 429]);
      expect(status(ofNobody)).toBe(status(of));
      expect(ofNobody.work).toEqual(of.work);
      if (guess > 10) expect(of.work).not.toContain('thread');
    }
  });
});
