import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '#platform/access/index.js';
import { affected, isoTime, query, Reads, Transactions } from '#platform/database/index.js';
import { Conflict } from '#platform/errors/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { NotFound } from '#platform/http/index.js';
import { digest, type SuppressionReason } from '../suppressions/suppressions.js';
import { addressId } from './address-id.js';

/** Whether the caller's own address gets notifications. */
export const ownSuppression = z.object({
  address: z.string(),
  suppressed: z
    .object({
      reason: z.enum(['bounce', 'complaint', 'operator']),
      detail: z
        .string()
        .nullable()
        .describe('The words of the server that the mail came back from, or who reported it.'),
      since: z.iso.datetime(),
      liftedBy: z.enum(['you', 'operator']).describe('Who can let mail go there again.'),
    })
    .nullable()
    .describe('Null while notifications go to the address.'),
});
export type OwnSuppressionShown = z.infer<typeof ownSuppression>;

/** An operator has stopped the mails of this address: it is not for its owner to start them. */
export class HeldByOperator extends Conflict {
  static override code = 'address_held_by_operator';
  static override title = 'An operator stopped mail to your address';
}

const ADDRESS = 'select email from user_account where id = $1';
const FIND = `select reason, detail, ${isoTime('since')} as since from mail_suppression where address_hash = $1`;

type Person = Actor & { readonly userId: string };

/** What holds the mails of the caller's own address back, and how they let them go. */
@Injectable()
export class OwnSuppression {
  constructor(
    private readonly reads: Reads,
    private readonly transactions: Transactions,
    private readonly events: EventLog,
  ) {}

  async show({ userId }: Person): Promise<OwnSuppressionShown> {
    const [person] = await this.reads.all<{ email: string }>('suppression.address', ADDRESS, [userId]);
    const address = person?.email ?? '';
    const [found] = await this.reads.all<{ reason: SuppressionReason; detail: string | null; since: string }>(
      'suppression.own',
      FIND,
      [digest(address)],
    );
    return {
      address,
      suppressed: found ? { ...found, liftedBy: found.reason === 'operator' ? 'operator' : 'you' } : null,
    };
  }

  /** Lets mail go there again, and forgets what came back. @throws NotFound, HeldByOperator */
  async lift(who: Person): Promise<void> {
    await this.transactions.run(async (em) => {
      const [person] = await query<{ email: string }>(em, ADDRESS, [who.userId]);
      const hash = digest(person?.email ?? '');
      const text = 'select reason from mail_suppression where address_hash = $1 for update';
      const [held] = await query<{ reason: SuppressionReason }>(em, text, [hash]);
      if (!held) throw new NotFound('Notifications go to your address already.');
      if (held.reason === 'operator')
        throw new HeldByOperator('An operator stopped mail to your address; ask them to let it go again.');
      await affected(em, 'delete from mail_suppression where address_hash = $1', [hash]);
      await affected(em, 'delete from mail_bounce where address_hash = $1', [hash]);
      this.events.record(em, 'address.released', {
        workspaceId: SYSTEM_WORKSPACE,
        scope: { kind: 'user', id: who.userId },
        subjectId: addressId(hash),
        actor: who,
        data: {},
      });
    });
  }
}
