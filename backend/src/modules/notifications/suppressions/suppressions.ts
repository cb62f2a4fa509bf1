import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Secrets } from '#platform/crypto/index.js';
import { affected, query, Reads, type EntityManager } from '#platform/database/index.js';

/** Why an address gets no more notifications. */
export type SuppressionReason = 'bounce' | 'complaint' | 'operator';

const WHY: Record<SuppressionReason, string> = {
  bounce: 'Mail to this address comes back',
  complaint: 'Mail to this address was reported as unwanted',
  operator: 'An operator stopped mail to this address',
};
const DETAIL_LENGTH = 500;

const SUPPRESS = `
  insert into mail_suppression (address_hash, address, reason, detail) values ($1, $2, $3, $4)
  on conflict (address_hash) do update set reason = excluded.reason, detail = excluded.detail, since = now()
   where mail_suppression.reason = 'bounce' and excluded.reason <> 'bounce'`;

/**
 * Addresses that notifications do not go to any more. Mails of accounts (confirmations, sign-in warnings, new passwords) do not
 * ask here: they are how somebody gets back to their account.
 */
@Injectable()
export class Suppressions {
  constructor(
    private readonly reads: Reads,
    private readonly secrets: Secrets,
  ) {}

  /** Why mail to an address is held back, as a sentence; undefined when it is not. */
  async why(address: string): Promise<string | undefined> {
    const text = 'select reason, detail from mail_suppression where address_hash = $1';
    const values = [digest(address)];
    const found = await this.reads.one<{ reason: SuppressionReason; detail: string | null }>(
      'notifications.suppressed',
      text,
      values,
    );
    return found && `${WHY[found.reason]}${found.detail ? `: ${found.detail}` : '.'}`;
  }

  /** Holds mail to an address back from now on; a complaint counts for more than mail that came back. @returns false when it is held back already */
  async add(em: EntityManager, address: string, reason: SuppressionReason, detail: string | null): Promise<boolean> {
    const hash = digest(address);
    const sealed = this.secrets.seal(address.trim().toLowerCase(), `mail_suppression:${hash}`);
    return (await affected(em, SUPPRESS, [hash, sealed, reason, detail?.slice(0, DETAIL_LENGTH) ?? null])) > 0;
  }

  /** Lets mail go to an address again. @returns false when it was not held back */
  async lift(em: EntityManager, address: string): Promise<boolean> {
    const gone = await query(em, 'delete from mail_suppression where address_hash = $1 returning 1', [digest(address)]);
    return gone.length > 0;
  }
}

/** What an address is found by; letters of either case are one address. */
export function digest(address: string): string {
  return createHash('sha256').update(`signalbox mail ${address.trim().toLowerCase()}`).digest('hex');
}
