import { Injectable } from '@nestjs/common';
import { query, Transactions, type EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { NoSuchNotification, SnoozeOver } from './inbox.errors.js';
import { InboxSight, SEEN, type InboxOwner } from './inbox-sight.js';
import type { ChangedNotifications, NewReading, NotificationChange, NotificationChanges } from './inbox.schemas.js';

interface Row {
  id: string;
  workspace_id: string;
  read_at: string | null;
  archived_at: string | null;
  snoozed_until: string | null;
}

type Parameters = Awaited<ReturnType<InboxSight['parameters']>>;

const LOCK = `
  select n.id, n.workspace_id, n.read_at, n.archived_at, n.snoozed_until from notification n
   where ${SEEN} and n.id = any($4::uuid[]) order by n.id for update of n`;
const WRITE = `
  update notification n set read_at = c.read_at, archived_at = c.archived_at, snoozed_until = c.snoozed_until
    from jsonb_to_recordset($1::jsonb) as c(id uuid, read_at timestamptz, archived_at timestamptz, snoozed_until timestamptz)
   where n.id = c.id`;
/** So many are marked by one statement: an inbox may hold more than one can change in its time. */
const BATCH = 5_000;
// By the index of what is to be read, before anything is joined to it.
const NEXT = `
  select n.id from notification n
   where n.user_id = $1 and n.read_at is null and n.position <= $2 and ($3::uuid is null or n.workspace_id = $3) and n.id > $4
     and (n.snoozed_until is null or n.snoozed_until <= now())
   order by n.id limit ${BATCH}`;
// In the order of their ids, as every other change locks them.
const READ = `
  with unread as (
    select n.id from notification n where ${SEEN} and n.id = any($4::uuid[]) and n.read_at is null order by n.id for update of n)
  update notification n set read_at = now() from unread where n.id = unread.id returning n.workspace_id`;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** What a person does with their notifications: marks, archives and puts them off. */
@Injectable()
export class InboxChanges {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly sight: InboxSight,
  ) {}

  /** @throws NoSuchNotification, SnoozeOver */
  async change(who: InboxOwner, id: string, change: NotificationChange): Promise<void> {
    requireFuture(change, '/body/snoozedUntil');
    const { items } = await this.apply(who, [{ id, ...change }]);
    if (items[0]?.status === 'not_found') throw new NoSuchNotification();
  }

  /** Changes many at once, and says of each what became of it. @throws SnoozeOver naming the item */
  async changeMany(who: InboxOwner, { items }: NotificationChanges): Promise<ChangedNotifications> {
    for (const [i, item] of items.entries()) requireFuture(item, `/body/items/${i}/snoozedUntil`);
    return this.apply(who, items);
  }

  /**
   * Marks as read all that is unread up to a position of the log, so many at a time: what ends halfway has read the first of
   * them, and said so, and goes on when it is asked again.
   */
  async readUpTo(who: InboxOwner, reading: NewReading): Promise<{ changed: number }> {
    const parameters = await this.sight.parameters(who);
    let changed = 0;
    for (let after: string | undefined = FIRST_ID; after !== undefined;) {
      const batch = await this.readSome(who, parameters, reading, after);
      changed += batch.count;
      after = batch.last;
    }
    return { changed };
  }

  /** @param after an id @returns how many behind it were marked, and the last of them while there may be more */
  private readSome(
    who: InboxOwner,
    parameters: Parameters,
    { upTo, workspaceId }: NewReading,
    after: string,
  ): Promise<{ count: number; last?: string }> {
    return this.transactions.run(async (em) => {
      const next = await query<{ id: string }>(em, NEXT, [who.userId, upTo, workspaceId ?? null, after]);
      const ids = next.map(({ id }) => id);
      const rows = await query<{ workspace_id: string }>(em, READ, [...parameters, ids]);
      for (const [workspace, count] of counted(rows.map((row) => row.workspace_id)))
        this.events.record(em, 'inbox.read', {
          workspaceId: workspace,
          subjectId: who.userId,
          actor: who,
          scope: { kind: 'user', id: who.userId },
          data: { upTo, count },
        });
      return { count: rows.length, last: ids.length < BATCH ? undefined : ids.at(-1) };
    });
  }

  private async apply(who: InboxOwner, items: NotificationChanges['items']): Promise<ChangedNotifications> {
    const parameters = await this.sight.parameters(who);
    return this.transactions.run(async (em) => ({ items: await this.applied(em, who, parameters, items) }));
  }

  /** An id that stands there twice is changed twice, in the order given. */
  private async applied(
    em: EntityManager,
    who: InboxOwner,
    parameters: Parameters,
    items: NotificationChanges['items'],
  ): Promise<ChangedNotifications['items']> {
    const rows = await query<Row>(em, LOCK, [...parameters, [...new Set(items.map(({ id }) => id))]]);
    const known = new Map(rows.map((row) => [row.id, row]));
    const changed = new Set<string>();
    const results = items.map(({ id, ...change }) => {
      const before = known.get(id.toLowerCase());
      if (!before) return { id, status: 'not_found' as const };
      const after = changedBy(before, change);
      if (after === before) return { id, status: 'unchanged' as const };
      known.set(before.id, after);
      changed.add(before.id);
      return { id, status: 'changed' as const };
    });
    const written = [...changed].map((id) => known.get(id)!);
    if (written.length > 0) await query(em, WRITE, [JSON.stringify(written)]);
    for (const row of written) this.record(em, who, row);
    return results;
  }

  private record(em: EntityManager, who: InboxOwner, row: Row): void {
    this.events.record(em, 'notification.updated', {
      workspaceId: row.workspace_id,
      subjectId: row.id,
      actor: who,
      scope: { kind: 'user', id: who.userId },
      data: {
        read: row.read_at !== null,
        archived: row.archived_at !== null,
        snoozedUntil: row.snoozed_until === null ? null : new Date(row.snoozed_until).toISOString(),
      },
    });
  }
}

/** What is put off is unread when it comes back; what is archived has been seen. The same object when nothing changes. */
function changedBy(row: Row, { read, archived, snoozedUntil }: NotificationChange): Row {
  const now = new Date().toISOString();
  const set = (at: string | null, wanted: boolean | undefined) =>
    wanted === undefined || wanted === (at !== null) ? at : wanted ? now : null;
  const snoozed = snoozedUntil === undefined ? row.snoozed_until : snoozedUntil;
  const after: Row = {
    ...row,
    read_at: set(row.read_at, read ?? (archived === true ? true : snoozedUntil ? false : undefined)),
    archived_at: set(row.archived_at, archived),
    snoozed_until: snoozed,
  };
  const same =
    after.read_at === row.read_at &&
    after.archived_at === row.archived_at &&
    time(after.snoozed_until) === time(row.snoozed_until);
  return same ? row : after;
}

function time(at: string | null): number | null {
  return at === null ? null : new Date(at).getTime();
}

function requireFuture({ snoozedUntil }: NotificationChange, path: string): void {
  if (snoozedUntil && Date.parse(snoozedUntil) <= Date.now()) throw new SnoozeOver(path);
}

function counted(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
