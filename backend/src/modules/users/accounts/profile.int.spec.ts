import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory } from '#test/factories.js';
import { UsersApi, UsersModule } from '../index.js';

describe('a profile', () => {
  let spec: TestApplication;
  beforeAll(async () => {
    spec = await startApplication([UsersModule]);
  });
  afterAll(() => spec.close());

  it('is changed by its person, and the change is recorded', async () => {
    const ada = await factory(spec.app).person().named('Ada').create();
    const payload = { name: 'Ada L.', locale: 'PT-pt', timeZone: 'Europe/Lisbon', currency: 'EUR' };
    const changed = await spec.request('PATCH', '/api/v1/me', { headers: ada.headers, payload });
    expect(changed.statusCode).toBe(200);
    expect(changed.json()).toMatchObject({ ...payload, locale: 'pt-PT', version: 2 });
    const read = await spec.request('GET', '/api/v1/me', { headers: ada.headers });
    expect(read.json()).toEqual(changed.json());
    expect(await spec.events({ subjectId: ada.id })).toEqual([
      expect.objectContaining({
        type: 'user.profile_updated',
        data: { changed: ['name', 'locale', 'timeZone', 'currency'] },
        actor: expect.objectContaining({ userId: ada.id, sessionId: ada.sessionId }),
      }),
    ]);
  });

  it('records nothing when nothing changes', async () => {
    const ada = await factory(spec.app).person().named('Ada').create();
    const same = await spec.request('PATCH', '/api/v1/me', { headers: ada.headers, payload: { name: 'Ada' } });
    expect(same.json().version).toBe(1);
    expect(await spec.events({ subjectId: ada.id })).toEqual([]);
  });

  it('is not changed over a version that the person has not seen', async () => {
    const ada = await factory(spec.app).person().create();
    const etag = String((await spec.request('GET', '/api/v1/me', { headers: ada.headers })).headers.etag);
    const patch = (name: string) =>
      spec.request('PATCH', '/api/v1/me', { headers: { ...ada.headers, 'if-match': etag }, payload: { name } });
    const answers = await Promise.all([patch('First'), patch('Second')]);
    expect(answers.map((a) => a.statusCode).sort()).toEqual([200, 412]);
    const unchanged = await spec.request('GET', '/api/v1/me', { headers: { ...ada.headers, 'if-none-match': etag } });
    expect(unchanged.statusCode).toBe(200);
    const fresh = { ...ada.headers, 'if-none-match': String(unchanged.headers.etag) };
    expect((await spec.request('GET', '/api/v1/me', { headers: fresh })).statusCode).toBe(304);
  });

  it.each([
    [{ timeZone: 'Mars/Olympus' }, '/body/timeZone'],
    [{ currency: 'BTC' }, '/body/currency'],
    [{ locale: 'xx_yy_zz' }, '/body/locale'],
    [{ email: 'eve@example.com' }, '/body'],
    [{ operator: true }, '/body'],
  ])('does not take %j', async (payload, path) => {
    const ada = await factory(spec.app).person().create();
    const answer = await spec.request('PATCH', '/api/v1/me', { headers: ada.headers, payload });
    expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, expect.stringContaining(path)]);
  });

  it('is known to other rooms', async () => {
    const make = factory(spec.app);
    const ada = await make
      .person()
      .named('Ada')
      .prefers({ locale: 'de', timeZone: 'Europe/Berlin', currency: 'EUR' })
      .create();
    const bob = await make.person().named('Bob').unverified().create();
    const found = await spec.app.get(UsersApi).find([bob.id, ada.id, ada.id, '018f0000-0000-7000-8000-000000000009']);
    expect(found).toEqual([
      {
        id: ada.id,
        email: ada.email,
        name: 'Ada',
        locale: 'de',
        timeZone: 'Europe/Berlin',
        currency: 'EUR',
        emailVerified: true,
      },
      expect.objectContaining({ id: bob.id, emailVerified: false }),
    ]);
  });
});
