import { Injectable, type OnModuleInit } from '@nestjs/common';
import { query, Reads, Transactions } from '#platform/database/index.js';
import { type HoldsPersonalData, PersonalData } from '#platform/personal-data/index.js';
import { Storage } from '#platform/storage/index.js';

// Nothing comes in any more, and no credentials are left, whatever happens on the way.
const CLOSE_SOURCES = `
  update source set removed_at = coalesce(removed_at, now()), credentials = null, address = null, settings = '{}'
   where workspace_id = $1`;
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
}
