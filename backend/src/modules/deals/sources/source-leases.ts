import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import { query, Transactions } from '#platform/database/index.js';
import { DealsConfig } from '../deals.config.js';
import type { SourceKind, SourceSettings } from './source-settings.js';

/** A source that this process may work on until its lease ends. */
export interface HeldSource {
  id: string;
  workspaceId: string;
  kind: SourceKind;
  settings: SourceSettings;
  credentials: string | null;
  version: number;
  /** Grows when settings or credentials change. What is written for an older one is not. */
  generation: number;
}

/** The settings of a source have changed since this process took it: what it was about to write does not count any more. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

const COLUMNS = `s.id, s.workspace_id as "workspaceId", s.kind, s.settings, s.credentials, s.version, st.generation`;

// One statement takes and renews: rows that others hold are skipped, not waited for.
const CLAIM = `
  update source_state st set lease_owner = $1, lease_until = now() + make_interval(secs => $2)
    from source s
   where s.id = st.source_id and s.kind = any($3) and not s.paused and s.removed_at is null and st.next_run_at <= now()
     and st.source_id in (
       select source_id from source_state
        where (lease_owner = $1 or lease_until is null or lease_until < now()) and next_run_at <= now()
        for update skip locked)
  returning ${COLUMNS}`;

const RENEW = `
  update source_state st set lease_until = now() + make_interval(secs => $2)
    from source s
   where s.id = st.source_id and st.lease_owner = $1 and st.source_id = any($3::uuid[]) and st.lease_until > now()
     and not s.paused and s.removed_at is null
  returning ${COLUMNS}`;

const RELEASE = `update source_state set lease_owner = null, lease_until = null where lease_owner = $1 and source_id = any($2::uuid[])`;

/** Which process works on which mailbox or feed: a lease in the database, so that a dead holder is replaced. */
@Injectable()
export class SourceLeases {
  /** This process, for people who look at the table. */
  readonly owner = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;

  constructor(
    private readonly transactions: Transactions,
    @Inject(DealsConfig) private readonly config: DealsConfig,
  ) {}

  /** Takes every free source of these kinds that is due, and renews its own. */
  async claim(kinds: readonly SourceKind[]): Promise<HeldSource[]> {
    return this.transactions.run((em) => query(em, CLAIM, [this.owner, this.config.leaseSeconds, kinds]));
  }

  /** Renews leases. @returns those still held; a source that was paused, removed or lost to another process is missing */
  async renew(ids: readonly string[]): Promise<HeldSource[]> {
    if (ids.length === 0) return [];
    return this.transactions.run((em) => query(em, RENEW, [this.owner, this.config.leaseSeconds, ids]));
  }

  /** Gives leases back, so that another process may take over at once. */
  async release(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.transactions.run((em) => query(em, RELEASE, [this.owner, ids]));
  }
}
