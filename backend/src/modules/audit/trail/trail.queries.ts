import { Injectable } from '@nestjs/common';
import { eventCatalogue } from '#contract/events/index.js';
import { eventFields, type SqlCondition } from '#contract/filter/index.js';
import { eventVisible, isMember, scopeOf, type Actor, type Member } from '#platform/access/index.js';
import { isoTime, Reads } from '#platform/database/index.js';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { filterCondition, FilterContexts } from '#platform/filters/index.js';
import { Cursor, type Page, type Seek, type SortedList } from '#platform/http/index.js';
import { EventNotFound } from './trail.errors.js';
import type { AuditEvent, TrailQuery } from './trail.schemas.js';

/** Who reads: a member their workspace's trail, an operator that of the system workspace. */
export type TrailReader = Actor | Member;

/** An event as the database gives it; its sentence comes from the catalogue. */
type Row = Omit<AuditEvent, 'about'>;

const POSITION = { sql: 'e.position', type: 'bigint' } as const;
const LIST: SortedList = { name: 'audit-events', sorts: { position: POSITION }, id: POSITION };

const KEY = `(case when e.actor->>'kind' in ('api_key', 'service_account') then e.actor->>'id' end)`;
const ACCOUNT = `(e.actor->>'serviceAccountId')`;
const COLUMNS = `
  e.id, e.position::float8 as position, ${isoTime('e.occurred_at')} as at, e.type,
  jsonb_build_object('kind', e.actor->>'kind', 'id', e.actor->>'id', 'userId', e.actor->>'userId', 'name', coalesce(u.name, s.name),
    'operator', coalesce((e.actor->>'operator')::boolean, false)) as actor,
  e.actor->>'sessionId' as "sessionId",
  case when ${KEY} is not null then jsonb_build_object('id', ${KEY}, 'name', k.name) end as "apiKey",
  case when ${ACCOUNT} is not null then jsonb_build_object('id', ${ACCOUNT}, 'name', s.name) end as "serviceAccount",
  e.address, e.actor->>'requestId' as "requestId", jsonb_build_object('type', e.subject_type, 'id', e.subject_id) as subject,
  jsonb_build_object('kind', e.scope_kind, 'id', e.scope_id) as scope, e.data`;
/** Names are looked up for the events of one page only. */
const NAMES = `
  left join user_account u on u.id = (e.actor->>'userId')::uuid
  left join api_key k on k.id = ${KEY}::uuid
  left join service_account s on s.id = ${ACCOUNT}::uuid`;

/** The log as an audit trail: newest first, limited in the query to what the reader may see. */
@Injectable()
export class TrailQueries {
  constructor(
    private readonly reads: Reads,
    private readonly cursor: Cursor,
    private readonly contexts: FilterContexts,
  ) {}

  /** @throws FilterRefused; ValidationFailed on a cursor from elsewhere */
  async list(who: TrailReader, query: TrailQuery): Promise<Page<AuditEvent>> {
    const { text, values } = await this.statement(who, query);
    const rows = await this.reads.adHoc<Row & { _key: (string | null)[] }>(text, values);
    return this.cursor.page(listOf(who), query, rows.map(told));
  }

  /** The statement of one page. */
  async statement(who: TrailReader, query: TrailQuery): Promise<{ text: string; values: unknown[] }> {
    const filter = await this.filter(who, query.filter);
    return statement(who, filter, this.cursor.seek(listOf(who), query, 3 + filter.params.length));
  }

  /** @throws EventNotFound */
  async one(who: TrailReader, eventId: string): Promise<AuditEvent> {
    const text = `select ${COLUMNS} from event e ${NAMES} where ${seen(who)} and e.id = $3`;
    const name = isMember(who) ? 'audit.one' : 'audit.system-one';
    const row = await this.reads.one<Row>(name, text, [trailOf(who), who.id, eventId]);
    if (!row) throw new EventNotFound('There is no such event in this trail.');
    return told(row);
  }

  /** The last position that the log has now. */
  async head(): Promise<number> {
    const text = 'select position::float8 as position from log_state';
    return (await this.reads.one<{ position: number }>('audit.head', text, []))?.position ?? 0;
  }

  /**
   * All events of the trail that a filter finds, newest first, from a position down, some at a time: no statement and no
   * connection is held while the consumer takes its time.
   */
  async *walk(who: TrailReader, filter: SqlCondition, from: number, batch: number): AsyncGenerator<AuditEvent[]> {
    const n = 3 + filter.params.length;
    for (let below = from + 1; ;) {
      const seek: Seek = {
        key: 'null as "_key"',
        condition: `e.position < $${n}::bigint`,
        values: [below],
        orderBy: 'e.position desc',
        limit: batch,
      };
      const { text, values } = statement(who, filter, seek);
      const rows = await this.reads.adHoc<Row & { _key: null }>(text, values);
      if (rows.length > 0) yield rows.map(({ _key, ...row }) => told(row));
      const last = rows.at(-1);
      if (!last || rows.length < batch) return;
      below = last.position;
    }
  }

  /** Reads a filter for this reader, its parameters from `$3` on. @throws FilterRefused */
  async filter(who: TrailReader, text?: string): Promise<SqlCondition> {
    return filterCondition(text, eventFields, await this.contexts.context(who), 3);
  }
}

/** The workspace whose trail it is. */
export function trailOf(who: TrailReader): string {
  return isMember(who) ? who.workspaceId : SYSTEM_WORKSPACE;
}

/** A cursor belongs to the trail that it was made for. */
function listOf(who: TrailReader): SortedList {
  return { ...LIST, name: `${LIST.name}/${trailOf(who)}` };
}

/** $1 is the workspace, $2 who looks. The system workspace has no members: operators were let in at the gate. */
function seen(who: TrailReader): string {
  return `e.workspace_id = $1 and ${isMember(who) ? eventVisible(scopeOf('e'), '$2') : '$2::uuid is not null'}`;
}

/** The statement of one page: its rows first, then what they are called. */
function statement(who: TrailReader, filter: SqlCondition, seek: Seek): { text: string; values: unknown[] } {
  const text = `
    select ${COLUMNS}, e._key from (
      select e.*, ${seek.key} from event e
       where ${seen(who)} and ${filter.text} and ${seek.condition} order by ${seek.orderBy} limit ${seek.limit}) e
    ${NAMES} order by ${seek.orderBy}`;
  return { text, values: [trailOf(who), who.id, ...filter.params, ...seek.values] };
}

function told<T extends Row>(row: T): T & { about: string | null } {
  const known = Object.hasOwn(eventCatalogue, row.type)
    ? eventCatalogue[row.type as keyof typeof eventCatalogue]
    : null;
  return { ...row, about: known?.about ?? null };
}
