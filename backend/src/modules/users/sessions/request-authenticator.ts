import { Injectable } from '@nestjs/common';
import { type Actor, AddressNotAllowed, Authenticator, type Credentials } from '#platform/access/index.js';
import { Unauthenticated } from '#platform/errors/index.js';
import { KEY_PREFIX } from '../api-keys/key-text.js';
import { KeyUses } from '../api-keys/key-uses.js';
import { type LiveKey, LiveKeys } from '../api-keys/live-keys.js';
import { AccessTokens } from './access-tokens.js';
import { LiveSessions } from './live-sessions.js';
import { SessionUses } from './session-uses.js';

const BEARER = /^Bearer +([\x21-\x7e]+)$/i;

/** Reads who sends a request from `Authorization: Bearer …` (an access token or an API key) or `X-API-Key`. */
@Injectable()
export class RequestAuthenticator extends Authenticator {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly sessions: LiveSessions,
    private readonly keys: LiveKeys,
    private readonly uses: KeyUses,
    private readonly sessionUses: SessionUses,
  ) {
    super();
  }

  async authenticate({ headers, ip }: Credentials): Promise<Actor | null> {
    const key = headers['x-api-key'];
    const { authorization } = headers;
    if (authorization === undefined) return key === undefined ? null : this.byKey(String(key), ip);
    if (key !== undefined) throw new Unauthenticated('Send either Authorization or X-API-Key, not both.');
    const token = BEARER.exec(authorization)?.[1];
    if (!token) throw new Unauthenticated('Authorization must be "Bearer" and a token.');
    return token.startsWith(KEY_PREFIX) ? this.byKey(token, ip) : this.byToken(token, ip);
  }

  private async byToken(token: string, ip: string): Promise<Actor> {
    const claims = await this.tokens.verify(token);
    const session = await this.sessions.find(claims.sid);
    if (session?.userId !== claims.sub) throw new Unauthenticated('This session is over: sign in again.');
    const { userId, operator } = session;
    this.sessionUses.note(claims.sid, ip);
    return { kind: 'user', id: userId, userId, sessionId: claims.sid, address: ip, operator };
  }

  private async byKey(text: string, ip: string): Promise<Actor> {
    const key = await this.keys.find(text);
    if (!key) throw new Unauthenticated('This API key is not valid: it is mistyped, revoked or expired.');
    const actor = actorOf(key, ip);
    if (!key.addresses.permit(ip)) throw new AddressNotAllowed(actor, key.workspaceId);
    this.uses.note(key.hash);
    return actor;
  }
}

function actorOf({ id, userId, serviceAccountId, scopes }: LiveKey, address: string): Actor {
  const key = { id, userId, address, scopes };
  return serviceAccountId === null
    ? { kind: 'api_key', ...key }
    : { kind: 'service_account', serviceAccountId, ...key };
}
