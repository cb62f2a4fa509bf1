import { Injectable } from '@nestjs/common';
import { type EntityManager, query } from '#platform/database/index.js';

/** A way to prove a second factor. */
export type FactorMethod = 'totp' | 'passkey' | 'recovery_code';

const HELD = `
  select exists (select from totp_factor where user_id = $1 and confirmed_at is not null) as totp,
    exists (select from passkey where user_id = $1) as passkey,
    exists (select from passkey where user_id = $1 and suspended_at is null) as "usablePasskey",
    exists (select from recovery_code where user_id = $1 and used_at is null) as "recoveryCode"`;

interface Held {
  totp: boolean;
  passkey: boolean;
  usablePasskey: boolean;
  recoveryCode: boolean;
}

/** Which second factors a person has. */
@Injectable()
export class HeldFactors {
  /** True when the person must prove a second factor to sign in: a suspended passkey asks for one, too. */
  async any(em: EntityManager, userId: string): Promise<boolean> {
    const { totp, passkey } = await this.read(em, userId);
    return totp || passkey;
  }

  /** How the person can prove one; empty when none is asked for, or nothing is left to prove it with. */
  async methods(em: EntityManager, userId: string): Promise<FactorMethod[]> {
    const { totp, usablePasskey, recoveryCode } = await this.read(em, userId);
    const offered: [FactorMethod, boolean][] = [
      ['totp', totp],
      ['passkey', usablePasskey],
      ['recovery_code', recoveryCode],
    ];
    return offered.filter(([, has]) => has).map(([method]) => method);
  }

  private async read(em: EntityManager, userId: string): Promise<Held> {
    const [held] = await query<Held>(em, HELD, [userId]);
    return held ?? { totp: false, passkey: false, usablePasskey: false, recoveryCode: false };
  }
}
