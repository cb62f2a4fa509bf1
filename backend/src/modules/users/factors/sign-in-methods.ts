import { Injectable } from '@nestjs/common';
import { type EntityManager, query } from '#platform/database/index.js';
import type { Account } from '../accounts/account.entity.js';
import { LastSignInMethod } from './factors.errors.js';

/** The ways in which a person can sign in by themselves: a password, a passkey, an identity of another issuer. */
@Injectable()
export class SignInMethods {
  /**
   * Checks that a person keeps a way to sign in after one was removed in this transaction.
   *
   * @throws LastSignInMethod
   */
  async requireOne(em: EntityManager, account: Account): Promise<void> {
    if (account.passwordHash !== null) return;
    const [left] = await query<{ any: boolean }>(
      em,
      `select exists (select from passkey where user_id = $1 and suspended_at is null)
         or exists (select from identity where user_id = $1) as any`,
      [account.id],
    );
    if (!left?.any) throw new LastSignInMethod();
  }
}
