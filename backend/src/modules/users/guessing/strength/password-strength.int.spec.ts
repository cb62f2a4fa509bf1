import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, TEST_PASSWORD } from '#test/factories.js';
import { UsersModule } from '../../index.js';
import { PasswordStrength } from './password-strength.js';

const EASY = 'is easily guessed: it, or one much like it, is on the lists of stolen passwords that are tried first';
const PERSONAL = 'is hardly more than your name or address, which are tried first: choose something else';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule], { SIGNALBOX_REGISTRATION: 'open' });
  await factory(spec.app).person().create();
});
afterAll(() => spec.close());

const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
  spec.request('POST', `/api/v1/${url}`, { payload, headers });
const strength = (password: string, person: object = {}) => post('password-strength', { password, ...person });

describe('the strength of a password', () => {
  it('is a score, a sentence and advice', async () => {
    const answer = await strength('monkey2024');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      score: expect.any(Number),
      sentence: expect.stringMatching(/ to guess: stolen from the server, it would last .+\.$/),
      suggestions: expect.arrayContaining([expect.stringMatching(/\.$/)]),
      accepted: false,
      refusals: [EASY],
    });
    expect(answer.json().score).toBeLessThanOrEqual(1);
    const strong = (await strength('plums in a wooden bowl')).json();
    expect(strong).toMatchObject({ score: 4, suggestions: [], accepted: true, refusals: [] });
    expect(strong.sentence).toBe('Very hard to guess: stolen from the server, it would last centuries.');
  });

  it('asks for no capitals, digits or signs', async () => {
    expect((await strength('quietly mending old fishing nets')).json()).toMatchObject({ score: 4, accepted: true });
  });

  it('is less for what is known of the person', async () => {
    const password = 'wilhelmina.quist';
    const [of, ofAnother] = await Promise.all([
      strength(password, { email: 'wilhelmina.quist@example.com', name: 'Wilhelmina Quist' }),
      strength(password, { email: 'ada@example.com', name: 'Ada' }),
    ]);
    expect(of.json()).toMatchObject({ accepted: false, refusals: [PERSONAL] });
    expect(ofAnother.json()).toMatchObject({ accepted: true });
    expect(of.json().score).toBeLessThan(ofAnother.json().score);
  });

  it.each([
    ['short', 'xK9#', ['must have at least 10 characters']],
    [
      'of few characters',
      'ababababababababab',
      expect.arrayContaining(['must have at least four different characters']),
    ],
  ])('says why one that is %s cannot be chosen', async (_, password, refusals) => {
    expect((await strength(password)).json()).toMatchObject({ accepted: false, refusals });
  });

  // Each took zxcvbn seconds with its own limits.
  it.each([
    ['base64', Buffer.from(Array.from({ length: 768 }, (_, i) => (i * 151 + 43) % 256)).toString('base64')],
    ['figures for letters', '4@8({[<369&#!1/|0$5+7%2/4'.repeat(40)],
    ['dates', '1.1.1991-2/2/92 '.repeat(64)],
    ['two bytes a character', 'жф'.repeat(256)],
  ])('is found for the longest password, of %s, while other requests go on', async (_, password) => {
    const answer = await strength(password);
    expect([answer.statusCode, typeof answer.json().score]).toEqual([200, 'number']);
  });

  it('is not looked for in a password of 10 kB, nor of nothing, nor of anything but text', async () => {
    for (const [payload, path] of [
      [{ password: 'x1y2'.repeat(2560) }, '/body/password'],
      [{ password: 'ж'.repeat(513) }, '/body/password'],
      [{ password: '' }, '/body/password'],
      [{ password: ['plums'] }, '/body/password'],
      [{ email: 'ada@example.com' }, '/body/password'],
    ] as const) {
      const answer = await post('password-strength', payload);
      expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, path]);
    }
  });

  it('asks those to wait who find the line full', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => strength(`4@8({[<369&#!1/|0$5+7%2/4 ${i}`)));
    const refused = answers.filter((answer) => answer.statusCode === 503);
    expect(answers.filter((answer) => answer.statusCode === 200).length).toBeGreaterThanOrEqual(20);
    expect(refused.length).toBeGreaterThan(0);
    expect([refused[0]?.json().code, refused[0]?.headers['retry-after']]).toEqual(['unavailable', '2']);
    expect((await strength('plums in a wooden bowl')).statusCode).toBe(200);
  });

  it('keeps nothing of the password, also for somebody who is signed in and sends a key', async () => {
    const ada = await factory(spec.app).person().create();
    const password = 'a password that must be kept nowhere';
    await post('password-strength', { password }, { ...ada.headers, 'idempotency-key': 'a-key-of-some-length' });
    for (const table of ['job', 'outbox', 'event', 'idempotency_key']) {
      const rows = await spec.rows<{ row: string }>(`select row_to_json(t)::text as row from ${table} t`);
      expect(rows.filter(({ row }) => row.includes('kept nowhere'))).toEqual([]);
    }
  });

  it('rests after a while, and works again', async () => {
    const service = spec.app.get(PasswordStrength);
    await service.of('plums in a wooden bowl', {});
    (service as unknown as { rest(): void }).rest();
    expect(await service.of('plums in a wooden bowl', {})).toMatchObject({ score: 4 });
  });
});

describe('a password that is tried first', () => {
  const register = (more: object) =>
    post('registrations', { name: 'Wilhelmina Ray', email: 'ada@quist.example', ...more });

  it.each([
    ['that was stolen often', 'Basketball2024!', EASY],
    ['that was stolen often, in figures', 'p4$$w0rdp4$$w0rd', EASY],
    ['that goes along the keys', 'qwertyuiop', EASY],
    ['that goes up', '0123456789', EASY],
    ['of the name', 'W1lhelmina1815', PERSONAL],
    ['of the address', 'ada@quist.example', PERSONAL],
    ['of the domain', 'quistquist1', PERSONAL],
    ['of the product', 'Signalbox!1', PERSONAL],
  ])('is refused at registration: one %s', async (_, password, message) => {
    const answer = await register({ password });
    expect([answer.statusCode, answer.json().errors]).toEqual([400, [{ path: '/body/password', message }]]);
    expect(await spec.rows(`select from job where name = 'sign_up'`)).toHaveLength(0);
  });

  it('is refused at a reset, and leaves the link and the old password good', async () => {
    const ada = await factory(spec.app).person().named('Wilhelmina').create();
    await post('password-resets', { email: ada.email });
    const { token } = await spec.mailTo(ada.email);
    const complete = (password: string) => post('password-resets/completion', { token, password });
    for (const [password, message] of [
      ['Basketball2024!', EASY],
      ['Wilhelmina99', PERSONAL],
    ] as const) {
      const answer = await complete(password);
      expect([answer.statusCode, answer.json().errors]).toEqual([400, [{ path: '/body/password', message }]]);
    }
    expect((await post('sessions', { email: ada.email, password: TEST_PASSWORD })).statusCode).toBe(201);
    expect(await spec.events({ type: 'user.password_changed', subjectId: ada.id })).toEqual([]);
    expect((await complete('plums in a wooden bowl')).statusCode).toBe(204);
  });

  it('is refused at a change', async () => {
    const ada = await factory(spec.app).person().named('Wilhelmina').create();
    for (const [newPassword, message] of [
      ['Basketball2024!', EASY],
      ['Wilhelmina99', PERSONAL],
    ] as const) {
      const answer = await spec.request('PUT', '/api/v1/me/password', {
        headers: ada.headers,
        payload: { currentPassword: TEST_PASSWORD, newPassword },
      });
      expect([answer.statusCode, answer.json().errors]).toEqual([400, [{ path: '/body/newPassword', message }]]);
    }
    expect(await spec.events({ type: 'user.password_changed', subjectId: ada.id })).toEqual([]);
  });
});
