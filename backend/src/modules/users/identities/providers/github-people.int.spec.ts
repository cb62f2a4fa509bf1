import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestApplication } from '#test/application.js';
import { factory } from '#test/factories.js';
import { bootWith, journey } from '#test/identities.js';
import { CLIENT } from '#test/issuer.js';

describe('GitHub', () => {
  interface Github {
    user: unknown;
    emails: unknown;
    token: { status: number; body: object };
  }
  const right: Github = {
    user: { id: 42, login: 'ada', name: 'Ada Lovelace' },
    emails: [
      { email: 'private@example.com', primary: false, verified: true },
      { email: 'ada@example.com', primary: true, verified: true },
    ],
    token: { status: 200, body: { access_token: 'gho_token', token_type: 'bearer', scope: 'read:user,user:email' } },
  };
  let server: Server;
  let spec: TestApplication;
  let says: Github;
  const seen: { path: string; authorization: string | undefined }[] = [];
  beforeAll(async () => {
    server = createServer((request: IncomingMessage, response) => {
      seen.push({ path: request.url ?? '', authorization: request.headers.authorization });
      const answers: Record<string, [number, unknown]> = {
        '/login/oauth/access_token': [says.token.status, says.token.body],
        '/api/v3/user': [200, says.user],
        '/api/v3/user/emails': [200, says.emails],
      };
      const [status, body] = answers[request.url ?? ''] ?? [404, {}];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    spec = await bootWith([{ preset: 'github', origin, ...CLIENT }]);
    await factory(spec.app).person().create();
  });
  beforeEach(() => {
    says = right;
    seen.length = 0;
  });
  afterAll(async () => {
    await spec?.close();
    await new Promise((resolve) => server?.close(resolve));
  });
  const back = (url: string) =>
    new URLSearchParams({ code: 'any', state: new URL(url).searchParams.get('state') ?? '' }).toString();

  it('says through its API who somebody is, by a number that stays', async () => {
    const first = await journey(spec, 'github', (url) => {
      expect(new URL(url).pathname).toBe('/login/oauth/authorize');
      expect(new URL(url).searchParams.get('scope')).toBe('read:user user:email');
      expect(new URL(url).searchParams.get('code_challenge_method')).toBe('S256');
      return back(url);
    });
    expect([first.statusCode, first.json().person]).toEqual([
      201,
      expect.objectContaining({ email: 'ada@example.com', name: 'Ada Lovelace', emailVerified: true }),
    ]);
    expect(seen.slice(1).map(({ authorization }) => authorization)).toEqual(['Bearer gho_token', 'Bearer gho_token']);
    says = {
      ...right,
      user: { id: 42, login: 'countess' },
      emails: [{ ...(right.emails as object[])[1], email: 'c@example.com' }],
    };
    const again = await journey(spec, 'github', back);
    expect(again.json().person).toMatchObject({ id: first.json().person.id, email: 'ada@example.com' });
    expect(await spec.rows('select issuer, subject, email from identity')).toEqual([
      { issuer: expect.stringContaining('http://127.0.0.1'), subject: '42', email: 'c@example.com' },
    ]);
  });

  it.each<[string, Partial<Github>, string]>([
    [
      'an address that is not confirmed',
      { user: { id: 43, login: 'eve' }, emails: [{ email: 'eve@example.com', primary: true, verified: false }] },
      'address_unverified',
    ],
    [
      'a confirmed address that is not the primary one',
      { user: { id: 44, login: 'eve' }, emails: [{ email: 'eve@example.com', primary: false, verified: true }] },
      'address_unverified',
    ],
    ['no address', { user: { id: 45, login: 'eve' }, emails: [] }, 'address_unverified'],
    ['nobody', { user: { message: 'Bad credentials' } }, 'issuer_unavailable'],
    [
      'that the code is wrong, with a status of success',
      { token: { status: 200, body: { error: 'bad_verification_code' } } },
      'identity_refused',
    ],
  ])('is not believed when it says %s', async (_, answers, code) => {
    says = { ...right, ...answers };
    const answer = await journey(spec, 'github', back);
    expect(answer.json().code).toBe(code);
    expect(await spec.rows(`select from user_account where email_key = 'eve@example.com'`)).toEqual([]);
  });
});
