import { Injectable } from '@nestjs/common';
import { Secrets } from '#platform/crypto/index.js';
import { affected, type EntityManager, query } from '#platform/database/index.js';
import { newToken, tokenHash } from '../../accounts/tokens.js';

/** What a challenge is good for; it is no use for anything else. */
export type ChallengePurpose =
  'second_factor' | 'passkey_registration' | 'passkey_sign_in' | 'passkey_reauthentication' | 'identity';

/** A challenge to be made. */
export interface NewChallenge {
  purpose: ChallengePurpose;
  /** How long it is open. */
  seconds: number;
  /** Whom it is bound to; nobody for a sign-in that does not say who comes. */
  userId?: string | null;
  /** The session it was asked for in. */
  sessionId?: string | null;
  /** What the completion needs to know. It is sealed at rest. */
  data?: object;
  /** The token, where something else than a random one is to be used. */
  token?: string;
}

/** An open challenge. */
export interface Challenge {
  userId: string | null;
  sessionId: string | null;
  data: Record<string, unknown>;
  /** Attempts so far, the present one included. */
  attempts: number;
}

interface Row {
  user_id: string | null;
  session_id: string | null;
  data: string;
  attempts: number;
}

// Enough to keep the table small: each challenge that is made removes some that are over.
const SWEEP = `
  delete from challenge where hash in (
    select hash from challenge where expires_at < now() - interval '1 minute' limit 50 for update skip locked)`;

/**
 * Questions that somebody has to answer soon: the second step of a sign-in, what a passkey signs, the state of a journey to
 * another issuer. Each has one purpose and works once; only the digest of its token is stored.
 */
@Injectable()
export class Challenges {
  constructor(private readonly secrets: Secrets) {}

  /** Makes a challenge. @returns its token, and when it ends */
  async issue(em: EntityManager, wanted: NewChallenge): Promise<{ token: string; expiresAt: Date }> {
    const { purpose, seconds, userId = null, sessionId = null, data = {}, token = newToken() } = wanted;
    const hash = tokenHash(token);
    await query(em, SWEEP);
    const [row] = await query<{ expires_at: Date }>(
      em,
      `insert into challenge (hash, purpose, user_id, session_id, data, expires_at)
       values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6)) returning expires_at`,
      [hash, purpose, userId, sessionId, this.secrets.seal(JSON.stringify(data), context(hash)), seconds],
    );
    if (!row) throw new Error('A challenge was not stored.');
    return { token, expiresAt: new Date(row.expires_at) };
  }

  /**
   * Uses a challenge up. Of several who present it at once one gets it.
   *
   * @returns null when it is unknown, used, too old, or for another purpose
   */
  async take(em: EntityManager, purpose: ChallengePurpose, token: string): Promise<Challenge | null> {
    const hash = tokenHash(token);
    const [row] = await query<Row & { fresh: boolean }>(
      em,
      `delete from challenge where hash = $1 and purpose = $2
       returning user_id, session_id, data, attempts, expires_at > now() as fresh`,
      [hash, purpose],
    );
    return row?.fresh ? this.open(row, hash) : null;
  }

  /** Whose challenge it is, without using it; null when it is unknown, used, too old, or for another purpose. */
  async ownerOf(em: EntityManager, purpose: ChallengePurpose, token: string): Promise<string | null> {
    const text = `select user_id from challenge where hash = $1 and purpose = $2 and expires_at > now()`;
    const [row] = await query<Row>(em, text, [tokenHash(token), purpose]);
    return row?.user_id ?? null;
  }

  /**
   * Counts an attempt at a challenge, which stays open; attempts at the same one take turns until the transaction ends. The
   * caller commits, whatever the attempt comes to.
   *
   * @returns null when it is unknown, used, too old, for another purpose, or was attempted too often
   */
  async attempt(em: EntityManager, purpose: ChallengePurpose, token: string, limit: number): Promise<Challenge | null> {
    const hash = tokenHash(token);
    const [row] = await query<Row>(
      em,
      `update challenge set attempts = attempts + 1
       where hash = $1 and purpose = $2 and expires_at > now() and attempts < $3
       returning user_id, session_id, data, attempts`,
      [hash, purpose, limit],
    );
    return row ? this.open(row, hash) : null;
  }

  /** Ends a challenge. */
  async discard(em: EntityManager, token: string): Promise<void> {
    await affected(em, `delete from challenge where hash = $1`, [tokenHash(token)]);
  }

  /** Ends every challenge of a person, or those of one purpose: what they were asked before says nothing any more. */
  async discardAll(em: EntityManager, userId: string, purpose: ChallengePurpose | null = null): Promise<void> {
    const text = `delete from challenge where user_id = $1 and ($2::text is null or purpose = $2)`;
    await affected(em, text, [userId, purpose]);
  }

  private open({ user_id, session_id, data, attempts }: Row, hash: Buffer): Challenge {
    const opened = JSON.parse(this.secrets.open(data, context(hash))) as Record<string, unknown>;
    return { userId: user_id, sessionId: session_id, data: opened, attempts };
  }
}

function context(hash: Buffer): string {
  return `challenge:${hash.toString('base64url')}`;
}
