import { Injectable } from '@nestjs/common';
import { type EntityManager, query } from '#platform/database/index.js';
import { newToken, tokenHash } from './tokens.js';

/** What a mailed link is good for. */
export type TokenPurpose =
  'verify_email' | 'reset_password' | 'unlock_sign_in' | 'change_email' | 'cancel_email_change' | 'undo_email_change';

/** Hours a link works. */
export const TOKEN_HOURS: Record<TokenPurpose, number> = {
  verify_email: 48,
  reset_password: 1,
  unlock_sign_in: 24,
  change_email: 24,
  cancel_email_change: 168,
  undo_email_change: 168,
};

// A person who asks again and again does not get their mailbox filled.
const HOURLY_LINKS = 5;

/** Links that work once and for a limited time. Only the digest of a token is stored. */
@Injectable()
export class OneTimeTokens {
  /**
   * Makes a token for a person, bound to the address it is mailed to.
   *
   * @returns the token, or null when this person was sent five links of this purpose within the hour
   */
  async issue(
    em: EntityManager,
    purpose: TokenPurpose,
    person: { id: string; emailKey: string },
  ): Promise<string | null> {
    await query(em, `delete from one_time_token where user_id = $1 and expires_at < now()`, [person.id]);
    const [sent] = await query<{ links: number }>(
      em,
      `select count(*)::int as links from one_time_token
       where user_id = $1 and purpose = $2 and created_at > now() - interval '1 hour'`,
      [person.id, purpose],
    );
    if ((sent?.links ?? 0) >= HOURLY_LINKS) return null;
    const token = newToken();
    await query(
      em,
      `insert into one_time_token (hash, purpose, user_id, email_key, expires_at)
       values ($1, $2, $3, $4, now() + make_interval(hours => $5))`,
      [tokenHash(token), purpose, person.id, person.emailKey, TOKEN_HOURS[purpose]],
    );
    return token;
  }

  /** Uses a token up. @returns whose it was, or null when it is unknown, used or too old */
  async redeem(
    em: EntityManager,
    purpose: TokenPurpose,
    token: string,
  ): Promise<{ userId: string; emailKey: string } | null> {
    const [row] = await query<{ user_id: string; email_key: string; fresh: boolean }>(
      em,
      `delete from one_time_token where hash = $1 and purpose = $2
       returning user_id, email_key, expires_at > now() as fresh`,
      [tokenHash(token), purpose],
    );
    return row?.fresh ? { userId: row.user_id, emailKey: row.email_key } : null;
  }

  /** Makes a person's other links of a purpose useless. */
  async discard(em: EntityManager, purpose: TokenPurpose, userId: string): Promise<void> {
    await query(em, `delete from one_time_token where user_id = $1 and purpose = $2`, [userId, purpose]);
  }
}
