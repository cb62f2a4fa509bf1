import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startDovecot, type Dovecot } from '#test/dovecot.js';
import { dealMail, dealsKit, until, type DealsKit } from '#test/deals-kit.js';
import type { MessageSummary } from '../../messages/messages.schemas.js';
import type { SourceView } from '../sources.schemas.js';

jest.setTimeout(60_000);
let kit: DealsKit;
let dovecot: Dovecot;
let tokens: Server;
/** Forms that the token server was sent, and what it answers next. */
let asked: Record<string, string>[] = [];
let answer: { status: number; body: Record<string, unknown> };
let users = 0;

beforeAll(async () => {
  dovecot = await startDovecot();
  tokens = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      asked.push(Object.fromEntries(new URLSearchParams(body)));
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((done) => tokens.listen(0, '127.0.0.1', done));
  kit = await dealsKit({ SIGNALBOX_IMAP_CHECK_SECONDS: '1', SIGNALBOX_SOURCE_RETRY_SECONDS: '3600' });
});
afterAll(async () => {
  await kit?.close();
  tokens?.close();
  await dovecot?.dispose();
});

/** A mailbox with one message that is opened with tokens. */
async function mailbox(credentials: Record<string, unknown>, accepted: string[]): Promise<SourceView> {
  const user = `user${++users}`;
  asked = [];
  dovecot.acceptTokens(user, ...accepted);
  dovecot.deliver(user, dealMail('With a token'));
  const { port } = tokens.address() as AddressInfo;
  return kit.source({
    kind: 'imap',
    name: user,
    settings: {
      host: '127.0.0.1',
      port: dovecot.port,
      security: 'none',
      user,
      oauth: { tokenUrl: `http://127.0.0.1:${port}/token`, clientId: 'client' },
    },
    credentials,
  });
}

const read = (source: SourceView) =>
  until(
    async () => (await kit.call<{ items: MessageSummary[] }>('GET', `messages?sourceId=${source.id}`)).items.length,
  );
const failing = (source: SourceView) =>
  until(async () => {
    const now = await kit.call<SourceView>('GET', `sources/${source.id}`);
    return now.status === 'failing' && now;
  });
const typesOf = async (source: SourceView) => (await kit.events({ subjectId: source.id })).map((e) => e.type);

describe('a mailbox that is opened with a token', () => {
  it('is opened with the one that is held while it is good', async () => {
    const source = await mailbox({ accessToken: 'good', refreshToken: 'again' }, ['good']);
    await read(source);
    expect(asked).toEqual([]);
  });

  it('gets another one before the end of the one that is held', async () => {
    answer = { status: 200, body: { access_token: 'fresh', expires_in: 3600 } };
    const source = await mailbox({ accessToken: 'stale', refreshToken: 'again', expiresAt: 1 }, ['fresh']);
    await read(source);
    expect(asked).toEqual([{ grant_type: 'refresh_token', refresh_token: 'again', client_id: 'client' }]);
    // It is kept: the next sign-in needs no other.
    expect(await kit.call('POST', `sources/${source.id}/test`)).toMatchObject({ ok: true });
    expect(asked).toHaveLength(1);
  });

  it('gets another one when the one that is held is refused, though nobody said when it ends', async () => {
    answer = { status: 200, body: { access_token: 'renewed', expires_in: 3600, refresh_token: 'rotated' } };
    const source = await mailbox({ accessToken: 'ended', refreshToken: 'again' }, ['renewed']);
    await read(source);
    expect(asked).toEqual([{ grant_type: 'refresh_token', refresh_token: 'again', client_id: 'client' }]);
    expect(await typesOf(source)).toEqual(['source.created']);
    // Taken back before its end: the refresh token that came along gets the next.
    answer = { status: 200, body: { access_token: 'third' } };
    dovecot.acceptTokens(`user${users}`, 'third');
    expect(await kit.call('POST', `sources/${source.id}/test`)).toMatchObject({ ok: true });
    expect(asked[1]).toMatchObject({ refresh_token: 'rotated' });
  });

  it('is refused with a plain sentence when another token does not help, after asking for one only', async () => {
    answer = { status: 200, body: { access_token: 'other', expires_in: 3600 } };
    const source = await mailbox({ accessToken: 'ended', refreshToken: 'again' }, []);
    expect((await failing(source)).lastError).toBe(
      'The mail server refused the sign-in also with a new access token: check the user name, and what the token may be used for.',
    );
    expect(asked).toHaveLength(1);
    expect(await typesOf(source)).toEqual(['source.created', 'source.failed']);
  });

  it('does not ask twice when the token that was got just now is refused', async () => {
    answer = { status: 200, body: { access_token: 'other', expires_in: 3600 } };
    const source = await mailbox({ refreshToken: 'again' }, []);
    expect((await failing(source)).lastError).toContain('also with a new access token');
    expect(asked).toHaveLength(1);
  });

  it.each([
    [
      { accessToken: 'ended' },
      'The mail server refused the access token, and there is no refresh token to get another one: sign in again.',
    ],
    [
      { accessToken: 'ended', expiresAt: 1 },
      'The access token has ended, and there is no refresh token to get another one: sign in again.',
    ],
    [
      { accessToken: 'ended', refreshToken: 'revoked' },
      'The token server refused to renew the access token (status 400).',
    ],
  ])('is refused with a plain sentence when nothing renews it', async (credentials, sentence) => {
    answer = { status: 400, body: { error: 'invalid_grant' } };
    const source = await mailbox(credentials, []);
    expect((await failing(source)).lastError).toBe(sentence);
  });
});
