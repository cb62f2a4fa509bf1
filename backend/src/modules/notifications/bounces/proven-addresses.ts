import { systemActor } from '#platform/access/index.js';
import { affected, type EntityManager, query } from '#platform/database/index.js';
import { EventLog, type LogEvent, LogReader, type ReadsLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { digest } from '../suppressions/suppressions.js';
import { addressId } from './address-id.js';

const PROVEN = `select email from user_account where id = $1 and email_verified_at is not null`;
// What came back after the link was read says the newer thing. A complaint, or an operator, is not overruled.
const LIFT = `delete from mail_suppression where address_hash = $1 and reason = 'bounce' and since < $2 returning 1`;
const FORGET = `delete from mail_bounce where address_hash = $1 and at < $2`;

/** Lets mail go again to who has just shown that it arrives: they read a link at the address. */
@LogReader({ name: 'proven-addresses', types: ['user.email_verified', 'user.email_changed'], from: 'head' })
export class ProvenAddresses implements ReadsLog {
  constructor(private readonly events: EventLog) {}

  async read(batch: LogEvent[], em: EntityManager): Promise<void> {
    for (const { subjectId: userId, occurredAt } of batch) {
      const [person] = await query<{ email: string }>(em, PROVEN, [userId]);
      if (!person) continue;
      const hash = digest(person.email);
      await affected(em, FORGET, [hash, occurredAt]);
      if ((await query(em, LIFT, [hash, occurredAt])).length === 0) continue;
      this.events.record(em, 'address.released', {
        workspaceId: SYSTEM_WORKSPACE,
        scope: { kind: 'user', id: userId },
        subjectId: addressId(hash),
        actor: systemActor(),
        data: {},
      });
    }
  }
}
