import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '#platform/access/index.js';
import { KeyRingError, Secrets, SecretUnreadable } from '#platform/crypto/index.js';
import { affected, isoTime, query, Reads, Transactions } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Cursor, listQuery, type ListQuery, NotFound, page, type Page, type SortedList } from '#platform/http/index.js';
import { addressIdOf } from './address-id.js';

/** An address that gets no notifications, as operators see it. */
export const suppressedAddress = z.object({
  id: z.uuid(),
  address: z.string().describe('Its first letter and its domain.'),
  reason: z.enum(['bounce', 'complaint', 'operator']),
  detail: z.string().nullable().describe('The words of the server that the mail came back from.'),
  since: z.iso.datetime(),
});
type SuppressedAddress = z.infer<typeof suppressedAddress>;

export const suppressedAddresses = page(suppressedAddress);
export const suppressedQuery = listQuery({ sort: ['since'], defaultSort: '-since' });
export const addressPath = z.object({ addressId: z.uuid() });
export type AddressPath = z.infer<typeof addressPath>;

const ID = addressIdOf('s.address_hash');
const LIST: SortedList = {
  name: 'suppressed-addresses',
  sorts: { since: { sql: 's.since', type: 'timestamptz' } },
  id: { sql: ID, type: 'uuid' },
};

/** The mail addresses that are held back, for operators. */
@Injectable()
export class SuppressedAddresses {
  constructor(
    private readonly reads: Reads,
    private readonly transactions: Transactions,
    private readonly cursor: Cursor,
    private readonly secrets: Secrets,
    private readonly events: EventLog,
  ) {}

  async list(wanted: ListQuery): Promise<Page<SuppressedAddress>> {
    const seek = this.cursor.seek(LIST, wanted, 1);
    const rows = await this.reads.adHoc<SuppressedAddress & { hash: string; _key: string[] }>(
      `select ${ID} as id, s.address_hash as hash, s.address, s.reason, s.detail, ${isoTime('s.since')} as since, ${seek.key}
         from mail_suppression s where ${seek.condition} order by ${seek.orderBy} limit ${seek.limit}`,
      seek.values,
    );
    const shown = rows.map(({ hash, ...row }) => {
      const address = this.opened(hash, row.address);
      // Servers repeat the address in their words.
      const detail =
        row.detail && address ? row.detail.replaceAll(new RegExp(escaped(address), 'gi'), '…') : row.detail;
      return { ...row, address: maskedAddress(address), detail };
    });
    return this.cursor.page(LIST, wanted, shown);
  }

  /** Lets mail go there again, and forgets what came back. @throws NotFound */
  async release(actor: Actor, id: string): Promise<void> {
    await this.transactions.run(async (em) => {
      const text = `delete from mail_suppression s where ${ID} = $1 returning s.address_hash as hash`;
      const [gone] = await query<{ hash: string }>(em, text, [id]);
      if (!gone) throw new NotFound('There is no such address.');
      await affected(em, 'delete from mail_bounce where address_hash = $1', [gone.hash]);
      this.events.record(em, 'address.released', { workspaceId: SYSTEM_WORKSPACE, subjectId: id, actor, data: {} });
    });
  }

  private opened(hash: string, sealed: string): string | undefined {
    try {
      return this.secrets.open(sealed, `mail_suppression:${hash}`);
    } catch (error) {
      if (error instanceof SecretUnreadable || error instanceof KeyRingError) return undefined;
      throw error;
    }
  }
}

function maskedAddress(address: string | undefined): string {
  const [local = '', domain = ''] = address?.split('@') ?? [];
  return `${[...local][0] ?? ''}…@${domain || '…'}`;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
