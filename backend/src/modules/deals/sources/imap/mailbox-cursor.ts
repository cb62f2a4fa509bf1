import { Injectable } from '@nestjs/common';
import { affected, query, Transactions, type EntityManager } from '#platform/database/index.js';
import { Superseded, type HeldSource } from '../source-leases.js';

const READ = 'select generation, uid_validity::text, last_uid::text from source_state where source_id = $1';

// The row is written, and so locked, also when the cursor stands further already: a change of the settings comes before or
// after what is kept with it, never in between.
const SAVE = `
  update source_state set uid_validity = $3, last_uid = case when uid_validity = $3::bigint then greatest(last_uid, $4::bigint) else $4 end
   where source_id = $1 and generation = $2`;

/** A place in a mailbox (RFC 9051, 2.3.1.1). */
export interface MailboxPlace {
  validity: bigint;
  uid: number;
}

/** How far each mailbox has been read. The cursor belongs to the source's settings: a run with older ones neither reads nor moves it. */
@Injectable()
export class MailboxCursor {
  constructor(private readonly transactions: Transactions) {}

  /** @throws Superseded */
  async read(source: HeldSource): Promise<MailboxPlace | undefined> {
    const [row] = await query<{ generation: number; uid_validity: string | null; last_uid: string | null }>(
      this.transactions.reader(),
      READ,
      [source.id],
    );
    if (row?.generation !== source.generation) throw new Superseded();
    if (row.uid_validity === null || row.last_uid === null) return undefined;
    return { validity: BigInt(row.uid_validity), uid: Number(row.last_uid) };
  }

  /** Moves it forward, or to a mailbox that was numbered anew. @throws Superseded, which undoes the transaction */
  async move(em: EntityManager, { id, generation }: HeldSource, { validity, uid }: MailboxPlace): Promise<void> {
    const moved = await affected(em, SAVE, [id, generation, validity.toString(), uid]);
    if (moved === 0) throw new Superseded();
  }
}
