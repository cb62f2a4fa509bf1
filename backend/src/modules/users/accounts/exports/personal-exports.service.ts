import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '#platform/access/index.js';
import { affected, type EntityManager, isoTime, query, Reads, Transactions } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Cursor, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import { Enqueues, Jobs } from '#platform/jobs/index.js';
import { FileMissing, Storage } from '#platform/storage/index.js';
import { Account } from '../account.entity.js';
import { Reauthentications } from '../reauthentications/reauthentications.service.js';
import { ExportFiles } from './export-files.js';
import { ExportNotFound, ExportNotReady, TooManyExports } from './personal-exports.errors.js';
import type { PersonalExport } from './personal-exports.schemas.js';

const DAILY = 5;
const LIST: SortedList = {
  name: 'personal-exports',
  sorts: { requestedAt: { sql: 'x.created_at', type: 'timestamptz' } },
  id: { sql: 'x.id', type: 'uuid' },
};
const SHOWN = `x.id, x.state, x.size::float8 as size, ${isoTime('x.created_at')} as "requestedAt",
  ${isoTime('x.finished_at')} as "finishedAt", ${isoTime('x.expires_at')} as "expiresAt"`;
const ONE = `select ${SHOWN}, x.storage_key as "storageKey" from personal_export x where x.id = $1 and x.user_id = $2`;
const PENDING = `select ${SHOWN} from personal_export x where x.user_id = $1 and x.state = 'pending'`;
const LATELY = `
  select count(*)::int as count from personal_export where user_id = $1 and created_at > now() - interval '1 day'`;
const FORGET_OLD = `
  delete from personal_export where user_id = $1 and state in ('failed', 'expired') and created_at < now() - interval '90 days'`;
const ASK = `insert into personal_export (id, user_id, state, created_at) values ($1, $2, 'pending', now())`;
const GIVE_UP = `
  update personal_export set state = 'expired', storage_key = null, expires_at = null
   where id = $1 and user_id = $2 and state in ('pending', 'ready')`;

type Person = Actor & { userId: string };
type Stored = PersonalExport & { storageKey: string | null };

/** Lets people take what the instance holds of them. */
@Enqueues('users.export_personal_data')
@Injectable()
export class PersonalExportsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly reads: Reads,
    private readonly cursor: Cursor,
    private readonly events: EventLog,
    private readonly jobs: Jobs,
    private readonly storage: Storage,
    private readonly files: ExportFiles,
    private readonly reauthentications: Reauthentications,
  ) {}

  /** A page of the person's exports. */
  async list(who: Person, listQuery: ListQuery): Promise<Page<PersonalExport>> {
    const seek = this.cursor.seek(LIST, listQuery, 2);
    const rows = await this.reads.adHoc<PersonalExport & { _key: string[] }>(
      `select ${SHOWN}, ${seek.key} from personal_export x
       where x.user_id = $1 and ${seek.condition} order by ${seek.orderBy} limit ${seek.limit}`,
      [who.userId, ...seek.values],
    );
    return this.cursor.page(LIST, listQuery, rows);
  }

  /** @throws ExportNotFound */
  async one(who: Person, exportId: string): Promise<PersonalExport> {
    const { storageKey: _, ...shown } = await this.stored(who, exportId);
    return shown;
  }

  /**
   * Asks for an export; while one is being made, that is the answer.
   *
   * @throws ReauthenticationRequired, TooManyExports
   */
  async ask(who: Person): Promise<PersonalExport> {
    return this.transactions.run(async (em) => {
      await this.lock(em, who);
      const [pending] = await query<PersonalExport>(em, PENDING, [who.userId]);
      if (pending) return pending;
      await query(em, FORGET_OLD, [who.userId]);
      const [lately] = await query<{ count: number }>(em, LATELY, [who.userId]);
      if ((lately?.count ?? 0) >= DAILY) throw new TooManyExports();
      const exportId = uuidv7();
      await query(em, ASK, [exportId, who.userId]);
      this.record(em, 'personal_export.requested', who, exportId);
      await this.jobs.enqueue(em, {
        queue: 'users',
        name: 'export_personal_data',
        key: exportId,
        payload: { exportId, userId: who.userId },
        subject: { type: 'user', id: who.userId },
      });
      const [made] = await query<PersonalExport>(em, PENDING, [who.userId]);
      if (!made) throw new Error('An export that was just asked for is not there.');
      return made;
    });
  }

  /**
   * The archive, read as it is sent. That it leaves is recorded before the first byte.
   *
   * @throws ReauthenticationRequired, ExportNotFound, ExportNotReady
   */
  async archive(who: Person, exportId: string): Promise<{ bytes: Readable; size: number }> {
    const { state, storageKey, size } = await this.stored(who, exportId);
    if (state === 'pending' || state === 'failed') throw new ExportNotReady(state);
    if (storageKey === null || size === null) throw new ExportNotFound();
    const bytes = await this.storage.stream(storageKey).catch((error: unknown) => {
      throw error instanceof FileMissing ? new ExportNotFound() : error;
    });
    try {
      await this.transactions.run(async (em) => {
        await this.lock(em, who);
        this.record(em, 'personal_export.downloaded', who, exportId);
      });
    } catch (error) {
      bytes.destroy();
      throw error;
    }
    return { bytes, size };
  }

  /** Removes an export before its time, also one that is being made. @throws ExportNotFound */
  async remove(who: Person, exportId: string): Promise<void> {
    await this.transactions.run(async (em) => {
      if ((await affected(em, GIVE_UP, [exportId, who.userId])) === 0) throw new ExportNotFound();
      this.record(em, 'personal_export.removed', who, exportId);
    });
    await this.files.clear({ userId: who.userId, id: exportId });
  }

  private async stored(who: Person, exportId: string): Promise<Stored> {
    const found = await this.reads.one<Stored>('users.personal_export', ONE, [exportId, who.userId]);
    if (!found) throw new ExportNotFound();
    return found;
  }

  /** Requests of one person take turns, and need a proof that is minutes old. */
  private async lock(em: EntityManager, who: Person): Promise<void> {
    await query(em, 'select from user_account where id = $1 for update', [who.userId]);
    await this.reauthentications.require(em, who, await em.findOneOrFail(Account, who.userId));
  }

  private record(
    em: EntityManager,
    type: 'personal_export.requested' | 'personal_export.downloaded' | 'personal_export.removed',
    who: Person,
    subjectId: string,
  ): void {
    const scope = { kind: 'user', id: who.userId } as const;
    const data = { userId: who.userId };
    this.events.record(em, type, { workspaceId: SYSTEM_WORKSPACE, scope, subjectId, actor: who, data });
  }
}
