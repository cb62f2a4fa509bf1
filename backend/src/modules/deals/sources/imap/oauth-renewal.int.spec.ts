import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { dealsKit, until, type DealsKit } from '#test/deals-kit.js';
import { SourceCredentials } from '../source-credentials.js';
import { Superseded } from '../source-leases.js';
import { SourceRunner } from '../source-runner.js';
import type { ImapCredentials, ImapSettings } from '../source-settings.js';
import { OauthTokens, type AccessToken } from './oauth-tokens.js';

jest.setTimeout(60_000);

/** How long the token server thinks: long enough for everybody who wants to ask it at the same time. */
const THOUGHT_MS = 300;
let kit: DealsKit;
let server: Server;
/** The one refresh token that is good, as with servers that replace it at every use. */
let good: string;
/** The refresh tokens that were shown to the token server. */
let shown: (string | null)[] = [];
/** Runs before the token server answers. */
let meanwhile: () => Promise<unknown>;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on(
      'end',
      () =>
        void sleep(THOUGHT_MS)
          .then(meanwhile)
          .then(() => answer(body)),
    );
    const answer = (form: string) => {
      const token = new URLSearchParams(form).get('refresh_token');
      shown.push(token);
      const taken = token === good;
      if (taken) good = `rotated-${shown.length}`;
      const told = taken ? { access_token: `access-${shown.length}`, refresh_token: good } : { error: 'invalid_grant' };
      response.writeHead(taken ? 200 : 400, { 'content-type': 'application/json' }).end(JSON.stringify(told));
    };
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  kit = await dealsKit();
  // The application's own loops would renew first.
  await kit.app.get(SourceRunner).onApplicationShutdown();
});
beforeEach(() => {
  [good, shown, meanwhile] = ['first', [], async () => undefined];
});
afterAll(async () => {
  await kit?.close();
  server?.close();
});

/** A process that has read a source, and wants a token. */
interface Reader {
  id: string;
  settings: ImapSettings;
  credentials: string;
}

const ENDED: ImapCredentials = { accessToken: 'ended', refreshToken: 'first', expiresAt: 1 };

async function mailbox(): Promise<string> {
  const tokenUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  const settings = { host: '127.0.0.1', port: 9, security: 'none', user: 'u', oauth: { tokenUrl, clientId: 'client' } };
  return (await kit.source({ kind: 'imap', name: 'Rotating', settings, credentials: ENDED })).id;
}

const read = async (id: string) =>
  (await kit.rows<Reader>('select id, settings, credentials from source where id = $1', [id]))[0]!;
const held = (source: Reader) => kit.app.get(SourceCredentials).open(source.id, source.credentials);
const token = (source: Reader, signal?: AbortSignal): Promise<AccessToken> =>
  kit.app.get(OauthTokens).current(source, source.settings, held(source), signal);
const turnOf = async (id: string) =>
  (
    await kit.rows<{ owner: string | null }>('select renewal_owner as owner from source_state where source_id = $1', [
      id,
    ])
  )[0]!.owner;
const takeTurn = (id: string, until: string) =>
  kit.rows(
    `update source_state set renewal_owner = 'another', renewal_until = now() + $2::interval where source_id = $1`,
    [id, until],
  );
/** Somebody else stores what they have got. */
const replace = (id: string, credentials: ImapCredentials) =>
  kit.rows('update source set credentials = $2 where id = $1', [
    id,
    kit.app.get(SourceCredentials).seal(id, credentials),
  ]);

describe('a refresh token that is used up by its use', () => {
  it('is used once by all who find at the same time that the access token has ended', async () => {
    const id = await mailbox();
    const readers = await Promise.all([read(id), read(id), read(id)]);
    const tokens = await Promise.all(readers.map((reader) => token(reader)));
    expect(shown).toEqual(['first']);
    expect(tokens.map(({ accessToken }) => accessToken)).toEqual(['access-1', 'access-1', 'access-1']);
    expect(tokens.filter(({ renewed }) => renewed)).toHaveLength(1);
    const stored = await read(id);
    expect(held(stored)).toMatchObject({ accessToken: 'access-1', refreshToken: 'rotated-1' });
    // All go on with what is stored: a lease that is renewed finds the source as it is.
    expect(readers.map(({ credentials }) => credentials)).toEqual([1, 2, 3].map(() => stored.credentials));
    expect(await turnOf(id)).toBeNull();
  });

  it('is not used by who read it before another stored the next', async () => {
    const id = await mailbox();
    const late = await read(id);
    await token(await read(id));
    expect(await token(late)).toEqual({ accessToken: 'access-1', renewed: false });
    expect(shown).toEqual(['first']);
  });

  it('may be refused when it was replaced meanwhile: the new one is used instead', async () => {
    const id = await mailbox();
    const source = await read(id);
    good = 'entered';
    meanwhile = () => replace(id, { accessToken: 'of a person', refreshToken: 'entered' });
    expect(await token(source)).toEqual({ accessToken: 'of a person', renewed: false });
    expect(held(await read(id))).toEqual({ accessToken: 'of a person', refreshToken: 'entered' });
    // Without a good access token the new refresh token gets one.
    meanwhile = async () => undefined;
    const again = await read(id);
    await replace(id, { refreshToken: 'entered' });
    again.credentials = kit.app.get(SourceCredentials).seal(id, ENDED);
    expect(await token(again)).toMatchObject({ accessToken: 'access-2', renewed: true });
    expect(shown).toEqual(['first', 'entered']);
  });

  it('that nobody replaced is refused as before, and the next may try', async () => {
    const id = await mailbox();
    good = 'revoked';
    await expect(token(await read(id))).rejects.toThrow(
      'The token server refused to renew the access token (status 400).',
    );
    expect(await turnOf(id)).toBeNull();
  });

  it('is kept when the same content was sealed anew meanwhile', async () => {
    const id = await mailbox();
    meanwhile = () => replace(id, ENDED);
    await token(await read(id));
    expect(held(await read(id))).toMatchObject({ accessToken: 'access-1', refreshToken: 'rotated-1' });
  });

  it('is waited for while another process renews it, and not asked for twice', async () => {
    const id = await mailbox();
    await takeTurn(id, '1 hour');
    const waiting = token(await read(id));
    await sleep(THOUGHT_MS);
    await replace(id, { accessToken: 'got elsewhere', refreshToken: 'next' });
    expect(await waiting).toEqual({ accessToken: 'got elsewhere', renewed: false });
    expect(shown).toEqual([]);
    expect(await turnOf(id)).toBe('another');
  });

  it('is renewed after the time of a process that died over it', async () => {
    const id = await mailbox();
    await takeTurn(id, '-1 second');
    expect(await token(await read(id))).toEqual({ accessToken: 'access-1', renewed: true });
    expect(await turnOf(id)).toBeNull();
  });

  it('is waited for no longer when the waiting is given up', async () => {
    const id = await mailbox();
    await takeTurn(id, '1 hour');
    const stop = new AbortController();
    const waiting = token(await read(id), stop.signal);
    stop.abort();
    await expect(waiting).rejects.toThrow(/abort/i);
    expect(shown).toEqual([]);
  });

  it('is not shown to a token server that the source has left, nor the new one to the old server', async () => {
    const id = await mailbox();
    const source = await read(id);
    await kit.rows(`update source set settings = jsonb_set(settings, '{host}', '"elsewhere.example"') where id = $1`, [
      id,
    ]);
    await replace(id, { refreshToken: 'for elsewhere' });
    await expect(token(source)).rejects.toBeInstanceOf(Superseded);
    expect(shown).toEqual([]);
    await until(async () => (await turnOf(id)) === null);
  });
});
