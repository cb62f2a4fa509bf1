import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, TEST_PASSWORD, type PersonBuilder, type TestPerson } from '#test/factories.js';
import { SetupApi, UsersModule } from '../index.js';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:151.0) Gecko/20100101 Firefox/151.0';
const BROWSERS = 'signalbox-browsers';

interface Where {
  transport?: 'cookie' | 'body';
  userAgent?: string;
  remoteAddress?: string;
  cookie?: string;
}

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule], { SIGNALBOX_PUBLIC_URL: 'http://box.example.com' });
});
afterAll(() => spec.close());

const person = (like: (builder: PersonBuilder) => PersonBuilder = (builder) => builder) =>
  like(factory(spec.app).person()).create();
async function signIn(
  who: TestPerson,
  { transport = 'cookie', userAgent = FIREFOX, remoteAddress, cookie }: Where = {},
) {
  const answer = await spec.request('POST', '/api/v1/sessions', {
    payload: { email: who.email, password: TEST_PASSWORD, transport },
    headers: { 'user-agent': userAgent, ...(cookie ? { cookie } : {}) },
    remoteAddress: remoteAddress ?? '203.0.113.7',
  });
  expect(answer.statusCode).toBe(201);
  const browsers = answer.cookies.find(({ name }) => name === BROWSERS)?.value;
  return { ...answer.json<{ accessToken: string; sessionId: string }>(), cookie: `${BROWSERS}=${browsers}` };
}
const added = async (who: TestPerson) =>
  (await spec.events({ type: 'device.added' })).filter((e) => e.data.userId === who.id);
const told = async (who: TestPerson) => (await added(who)).map((e) => e.data.told);
const devices = (who: TestPerson) =>
  spec.rows<{ id: string; name: string; forgotten_at: Date | null }>(
    'select id, name, forgotten_at from known_device where user_id = $1 order by first_seen_at, id',
    [who.id],
  );

describe('a sign-in from a new device', () => {
  it('is not told of the registration, and is of the next device', async () => {
    // Nobody owns the instance yet.
    const setupCode = await spec.app.get(SetupApi).pendingCode();
    const email = 'first@example.com';
    const payload = { name: 'Ada', email, password: TEST_PASSWORD, setupCode };
    const { session } = (await spec.request('POST', '/api/v1/registrations', { payload })).json();
    const ada = { ...(await person()), id: session.person.id, email };
    expect(await told(ada)).toEqual([false]);
    expect((await spec.mailTo(email)).subject).toBe('Confirm your address');
    await signIn(ada);
    expect(await told(ada)).toEqual([false, true]);
    expect((await spec.mailTo(email)).subject).toBe('New sign-in: Firefox on Linux');
  });

  it('is told by mail, with what the person needs to judge it', async () => {
    const ada = await person((builder) => builder.prefers({ locale: 'en-GB', timeZone: 'Asia/Tokyo' }));
    await signIn(ada);
    const { sessionId } = await signIn(ada, { remoteAddress: '198.51.100.20' });
    const { subject, text } = await spec.mailTo(ada.email);
    expect(subject).toBe('New sign-in: Firefox on Linux');
    for (const part of ['Firefox on Linux', '198.51.100.20', 'http://box.example.com/settings/sessions', 'GMT+9'])
      expect(text).toContain(part);
    const rows = await devices(ada);
    expect((await added(ada)).at(-1)).toMatchObject({
      workspaceId: SYSTEM_WORKSPACE,
      subjectId: rows[1]?.id,
      actor: { userId: ada.id, sessionId },
      data: { sessionId, name: 'Firefox on Linux', told: true },
    });
    expect(await spec.rows('select device_id from session where id = $1', [sessionId])).toEqual([
      { device_id: rows[1]?.id },
    ]);
  });

  it('is not told of the very first one', async () => {
    const ada = await person();
    await signIn(ada);
    expect(await told(ada)).toEqual([false]);
  });

  it('is not one when the browser shows its cookie, wherever it is and whatever it says it is', async () => {
    const ada = await person();
    const { cookie } = await signIn(ada);
    const moved = await signIn(ada, { cookie, remoteAddress: '192.0.2.1', userAgent: 'curl/8.0' });
    await signIn(ada, { cookie: moved.cookie, remoteAddress: '192.0.2.77' });
    expect(await told(ada)).toEqual([false]);
    expect(await devices(ada)).toHaveLength(1);
  });

  it("is one when the cookie is another person's, forged or cut", async () => {
    const [ada, bob] = [await person(), await person()];
    const { cookie } = await signIn(ada);
    await signIn(bob, { cookie });
    expect(await told(bob)).toEqual([false]);
    const { cookie: both } = await signIn(bob, { cookie });
    expect(await told(bob)).toEqual([false, true]);
    // A browser that two people share knows both.
    await signIn(ada, { cookie: both });
    await signIn(bob, { cookie: both });
    expect([await told(ada), await told(bob)]).toEqual([[false], [false, true]]);
    for (const forged of [both.slice(0, -8), `${BROWSERS}=${'A'.repeat(22)}.9999999999.x.y`, `${BROWSERS}=`])
      await signIn(ada, { cookie: forged });
    expect(await told(ada)).toEqual([false, true, true, true]);
  });

  it('knows a program by what it says it is and its network', async () => {
    const ada = await person();
    const program = { transport: 'body', userAgent: 'curl/8.14.1', remoteAddress: '2001:db8:1:2::5' } as const;
    await signIn(ada, program);
    await signIn(ada, { ...program, userAgent: 'curl/9.0', remoteAddress: '2001:db8:1:2::99' });
    expect(await told(ada)).toEqual([false]);
    await signIn(ada, { ...program, remoteAddress: '2001:db8:1:3::5' });
    await signIn(ada, { ...program, userAgent: 'python-requests/2.32.5' });
    expect(await told(ada)).toEqual([false, true, true]);
    // A browser of the same make and network is another device: the cookie decides.
    await signIn(ada, { ...program, transport: 'cookie' });
    expect(await told(ada)).toEqual([false, true, true, true]);
  });

  it('is told anew once the person ended its session as not theirs', async () => {
    const ada = await person();
    const own = await signIn(ada);
    const thief = await signIn(ada, { remoteAddress: '198.51.100.66' });
    const headers = { authorization: `Bearer ${own.accessToken}` };
    await spec.request('DELETE', `/api/v1/sessions/${thief.sessionId}`, { headers });
    expect((await devices(ada)).map((d) => d.forgotten_at !== null)).toEqual([false, true]);
    await signIn(ada, { cookie: thief.cookie });
    expect(await told(ada)).toEqual([false, true, true]);
    expect((await devices(ada)).map((d) => d.forgotten_at)).toEqual([null, null]);
  });

  it('forgets every device but the one that ends all others, also when that one has other sessions', async () => {
    const ada = await person();
    const own = await signIn(ada);
    await signIn(ada, { cookie: own.cookie });
    const other = await signIn(ada);
    const headers = { authorization: `Bearer ${own.accessToken}` };
    expect((await spec.request('DELETE', '/api/v1/sessions', { headers })).json().count).toBe(3);
    expect((await devices(ada)).map((d) => d.forgotten_at !== null)).toEqual([false, true]);
    await signIn(ada, { cookie: own.cookie });
    expect(await told(ada)).toEqual([false, true]);
    await signIn(ada, { cookie: other.cookie });
    expect(await told(ada)).toEqual([false, true, true]);
  });

  it('fills no mailbox: many new devices in an hour are recorded, nine are told of', async () => {
    const ada = await person();
    for (let i = 0; i < 12; i++) await signIn(ada);
    expect(await told(ada)).toEqual([false, ...Array(9).fill(true), false, false]);
  });

  it('keeps the fifty devices seen last, and none that was not seen for half a year', async () => {
    const ada = await person();
    await signIn(ada);
    await spec.rows(
      `insert into known_device (id, user_id, hash, name, first_seen_at, last_seen_at)
       select gen_random_uuid(), $1, sha256(n::text::bytea), 'Old ' || n, now() - interval '1 year',
              now() - case when n > 55 then interval '200 days' else make_interval(days => n) end
       from generate_series(1, 60) n`,
      [ada.id],
    );
    const { sessionId } = await signIn(ada);
    const kept = await devices(ada);
    expect(kept).toHaveLength(50);
    expect(kept.map(({ name }) => name)).toEqual(expect.arrayContaining(['Old 1', 'Old 48', 'Firefox on Linux']));
    expect(kept.map(({ name }) => name)).not.toContain('Old 49');
    const [session] = await spec.rows<{ device_id: string }>('select device_id from session where id = $1', [
      sessionId,
    ]);
    expect(kept.map(({ id }) => id)).toContain(session?.device_id);
  });
});
