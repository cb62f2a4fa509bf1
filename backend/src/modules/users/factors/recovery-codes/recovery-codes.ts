import { Injectable } from '@nestjs/common';
import { affected, type EntityManager, query } from '#platform/database/index.js';
import { tokenHash } from '../../accounts/tokens.js';
import { canonicalRecoveryCode, newRecoveryCode } from './code-text.js';

/** How many codes a person gets. */
export const RECOVERY_CODES = 10;

/** Codes for a day without phone and passkey. Each works once; only digests are stored. */
@Injectable()
export class RecoveryCodes {
  /** Gives a person new codes; earlier ones stop working. @returns the codes, which are not shown again */
  async replace(em: EntityManager, userId: string): Promise<string[]> {
    const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
    await this.remove(em, userId);
    await query(em, `insert into recovery_code (hash, user_id) select hash, $1 from unnest($2::bytea[]) as hash`, [
      userId,
      codes.map(digest),
    ]);
    return codes;
  }

  /** Uses a code up. @returns false when the person has no such code, or used it before */
  async use(em: EntityManager, userId: string, typed: string): Promise<boolean> {
    const text = `update recovery_code set used_at = now() where hash = $1 and user_id = $2 and used_at is null`;
    return (await affected(em, text, [digest(typed), userId])) === 1;
  }

  /** How many of a person's codes are still good. */
  async left(em: EntityManager, userId: string): Promise<number> {
    const text = `select count(*)::int as count from recovery_code where user_id = $1 and used_at is null`;
    const [row] = await query<{ count: number }>(em, text, [userId]);
    return row?.count ?? 0;
  }

  /** Takes a person's codes away. */
  async remove(em: EntityManager, userId: string): Promise<void> {
    await affected(em, `delete from recovery_code where user_id = $1`, [userId]);
  }
}

function digest(code: string): Buffer {
  return tokenHash(`recovery code ${canonicalRecoveryCode(code)}`);
}
