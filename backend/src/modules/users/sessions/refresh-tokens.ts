import { hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type EntityManager, query } from '#platform/database/index.js';
import { newToken, tokenHash } from '../accounts/tokens.js';

/** How long a replaced token still answers with the same successor: a client may lose an answer or ask twice at once. */
export const GRACE_SECONDS = 10;

/** What presenting a refresh token comes to. */
export type Rotation = { outcome: 'rotated' | 'repeated'; token: string } | { outcome: 'reused' };

/**
 * Refresh tokens: opaque, each replaced at its first use (RFC 9700, section 4.14.2). A successor is derived from the
 * token that it replaces and a random salt (HKDF-SHA-256), so that the same token can be answered with the same successor
 * while no token is stored; erasing the salt ends that.
 */
@Injectable()
export class RefreshTokens {
  /** The first token of a session. */
  async begin(em: EntityManager, sessionId: string): Promise<string> {
    const token = newToken();
    await this.store(em, sessionId, token);
    return token;
  }

  /** The session that a token was ever given to, or undefined. */
  async sessionOf(em: EntityManager, token: string): Promise<string | undefined> {
    const [row] = await query<{ session_id: string }>(em, `select session_id from refresh_token where hash = $1`, [
      tokenHash(token),
    ]);
    return row?.session_id;
  }

  /** Replaces a token. The caller holds the row lock of its session, so that rotations of one session take turns. */
  async rotate(em: EntityManager, sessionId: string, token: string): Promise<Rotation> {
    const hash = tokenHash(token);
    const [row] = await query<{ replaced: boolean; repeatable: boolean; successor_salt: Buffer | null }>(
      em,
      `select replaced_at is not null as replaced, successor_salt,
              coalesce(replaced_at > clock_timestamp() - make_interval(secs => $2), false) as repeatable
       from refresh_token where hash = $1`,
      [hash, GRACE_SECONDS],
    );
    if (!row) return { outcome: 'reused' };
    if (row.replaced)
      return row.repeatable && row.successor_salt
        ? { outcome: 'repeated', token: successor(token, row.successor_salt) }
        : { outcome: 'reused' };
    const salt = randomBytes(32);
    await query(
      em,
      `update refresh_token set successor_salt = null
       where session_id = $1 and successor_salt is not null
         and replaced_at <= clock_timestamp() - make_interval(secs => $2)`,
      [sessionId, GRACE_SECONDS],
    );
    await query(em, `update refresh_token set replaced_at = clock_timestamp(), successor_salt = $2 where hash = $1`, [
      hash,
      salt,
    ]);
    const next = successor(token, salt);
    await this.store(em, sessionId, next);
    return { outcome: 'rotated', token: next };
  }

  private async store(em: EntityManager, sessionId: string, token: string): Promise<void> {
    await query(em, `insert into refresh_token (hash, session_id, created_at) values ($1, $2, clock_timestamp())`, [
      tokenHash(token),
      sessionId,
    ]);
  }
}

function successor(token: string, salt: Buffer): string {
  return Buffer.from(hkdfSync('sha256', token, salt, 'signalbox refresh token', 32)).toString('base64url');
}
