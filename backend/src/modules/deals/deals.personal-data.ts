import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isoTime, query, Reads, Transactions } from '#platform/database/index.js';
import { eventsOfPerson } from '#platform/event-log/index.js';
import {
  type DataFile,
  type DataSubject,
  type HoldsPersonalData,
  PersonalData,
} from '#platform/personal-data/index.js';
import { Storage } from '#platform/storage/index.js';

// Nothing comes in any more, and no credentials are left, whatever happens on the way.
const CLOSE_SOURCES = `
  update source set removed_at = coalesce(removed_at, now()), credentials = null, address = null, settings = '{}'
   where workspace_id = $1`;
// The room keeps no name with a message: who uploaded it, the log tells. What a workspace holds is for its members only.
const UPLOADS = `
  select m.id, w.name as workspace, s.name as source, m.subject, m.size, m.state, ${isoTime('m.received_at')} as "uploadedAt"
    from message m join workspace w on w.id = m.workspace_id join source s on s.id = m.source_id
    join access_grant g on g.workspace_id = m.workspace_id and g.principal_id = $1
   where m.id = any($2::uuid[]) order by m.id`;
const LOOKED_UP_TOGETHER = 500;
const SOME_MESSAGES = `select id, storage_key as key from message where workspace_id = $1 limit 200`;
const REMOVE = `delete from message where id = any($1::uuid[])`;

/** What deals hold of people: the mail of a workspace, which goes with it. */
@Injectable()
export class DealsPersonalData implements HoldsPersonalData, OnModuleInit {
  readonly room = 'deals';

  constructor(
    private readonly registry: PersonalData,
    private readonly reads: Reads,
    private readonly transactions: Transactions,
    private readonly storage: Storage,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  files({ id }: DataSubject): DataFile[] {
    const about = 'The mails that you uploaded, in workspaces that you belong to.';
    return [{ path: 'deals/uploads', about, rows: () => this.uploads(id) }];
  }

  /** Removes the messages with what was found in them, a few hundred at a time: first the bytes, which only the rows name. */
  async eraseWorkspace(workspaceId: string, signal: AbortSignal): Promise<void> {
    await this.transactions.run((em) => query(em, CLOSE_SOURCES, [workspaceId]));
    for (;;) {
      signal.throwIfAborted();
      const some = await this.reads.all<{ id: string; key: string }>('deals.erasure', SOME_MESSAGES, [workspaceId]);
      if (some.length === 0) return;
      for (const { key } of some) await this.storage.delete(key);
      await this.transactions.run((em) => query(em, REMOVE, [some.map(({ id }) => id)]));
    }
  }

  private async *uploads(userId: string): AsyncGenerator<object> {
    let ids: string[] = [];
    const look = () => this.reads.all<object>('deals.own_data.uploads', UPLOADS, [userId, ids]);
    for await (const { type, subjectId, actor } of eventsOfPerson(this.reads, userId)) {
      if (type !== 'message.received' || actor.userId !== userId) continue;
      if (ids.push(subjectId) < LOOKED_UP_TOGETHER) continue;
      yield* await look();
      ids = [];
    }
    yield* await look();
  }
}
