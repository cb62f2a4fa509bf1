import { Injectable } from '@nestjs/common';
import type { ClientBase } from 'pg';
import { v7 as uuidv7, validate as isUuid } from 'uuid';
import { eventCatalogue, type EventType } from '#contract/events/index.js';
import type { Actor } from '#platform/access/index.js';
import { afterCommit, beforeCommit, query, type EntityManager } from '#platform/database/index.js';
import { unstorableText } from './canonical.js';
import { EventRefused } from './event-log.errors.js';
import { Pokes } from './pokes.js';
import type { RecordedEvent } from './types.js';

type OutboxRow = readonly [
  id: string,
  workspaceId: string,
  scopeKind: string,
  scopeId: string | null,
  type: string,
  version: number,
  subjectType: string,
  subjectId: string,
  actor: string,
  address: string | null,
  data: string,
  occurredAt: string,
];

const COLUMNS =
  'id, workspace_id, scope_kind, scope_id, type, version, subject_type, subject_id, actor, address, data, occurred_at';
const WIDTH = 12;
// A statement takes at most 65,535 parameters.
const ROWS_PER_INSERT = 1000;

/** Where rooms record what they did, in the transaction that did it. */
@Injectable()
export class EventLog {
  private readonly buffers = new WeakMap<EntityManager, OutboxRow[]>();

  constructor(private readonly pokes: Pokes) {}

  /**
   * Records an event in the transaction of `em`; both commit together or not at all. The rows are written as the
   * transaction's last statement, after every flush, so that their order is that of the state's changes.
   *
   * @returns the event's id
   * @throws EventRefused when the data does not fit the catalogue, or an id is no uuid
   * @throws Error outside `Transactions.run`
   */
  record<T extends EventType>(em: EntityManager, type: T, event: RecordedEvent<T>): string {
    const buffer = this.bufferOf(em);
    const row = toRow(type, event);
    buffer.push(row);
    return row[0];
  }

  private bufferOf(em: EntityManager): OutboxRow[] {
    const known = this.buffers.get(em);
    if (known) return known;
    const buffer: OutboxRow[] = [];
    // The hook puts itself behind every hook that the work registered, since those may still write state.
    beforeCommit(em, {}, () => beforeCommit(em, {}, () => this.write(em)));
    afterCommit(em, this, () => this.pokes.poke());
    this.buffers.set(em, buffer);
    return buffer;
  }

  private async write(em: EntityManager): Promise<void> {
    const rows = this.buffers.get(em) ?? [];
    // An event recorded after this makes a new buffer, with a hook of its own.
    this.buffers.delete(em);
    for (let at = 0; at < rows.length; at += ROWS_PER_INSERT) {
      const some = rows.slice(at, at + ROWS_PER_INSERT);
      await query(em, insertOf(some.length), some.flat());
    }
  }
}

/**
 * Records an event on a connection of its own, as commands have one: in the transaction that the connection is in.
 *
 * @returns the event's id
 * @throws EventRefused when the data does not fit the catalogue, or an id is no uuid
 */
export async function recordOn<T extends EventType>(
  client: ClientBase,
  type: T,
  event: RecordedEvent<T>,
): Promise<string> {
  const row = toRow(type, event);
  await client.query(insertOf(1), [...row]);
  return row[0];
}

function insertOf(rows: number): string {
  const tuple = (r: number) => `(${Array.from({ length: WIDTH }, (_, c) => `$${r * WIDTH + c + 1}`).join(',')})`;
  return `insert into outbox (${COLUMNS}) values ${Array.from({ length: rows }, (_, r) => tuple(r)).join(',')}`;
}

function toRow<T extends EventType>(type: T, event: RecordedEvent<T>): OutboxRow {
  const definition = eventCatalogue[type];
  if (!definition) throw new EventRefused(type, 'the catalogue does not know this type.');
  const scope = event.scope ?? { kind: 'workspace' };
  const scopeId = scope.kind === 'workspace' ? null : scope.id;
  requireUuid(type, 'workspaceId', event.workspaceId);
  requireUuid(type, 'subjectId', event.subjectId);
  if (scopeId !== null) requireUuid(type, 'scope.id', scopeId);
  return [
    uuidv7(),
    event.workspaceId,
    scope.kind,
    scopeId,
    type,
    definition.version,
    definition.subject,
    event.subjectId,
    actorJson(type, event.actor),
    event.actor.address ?? null,
    dataJson(type, event.data),
    occurred(type, event.occurredAt ?? new Date()),
  ];
}

function requireUuid(type: string, name: string, value: string): void {
  if (!isUuid(value)) throw new EventRefused(type, `${name} must be a uuid.`);
}

/** Only what the schema names is kept, so that an entity passed by mistake does not end up in the log. */
function dataJson(type: EventType, data: unknown): string {
  const parsed = eventCatalogue[type].data.safeParse(data);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new EventRefused(
      type,
      `${['data', ...(issue?.path ?? [])].map(String).join('.')}: ${issue?.message ?? 'invalid'}`,
    );
  }
  const json = JSON.stringify(parsed.data);
  const at = unstorableText(parsed.data, json);
  if (at)
    throw new EventRefused(type, `${at} holds a null character or half a surrogate pair, which cannot be stored.`);
  return json;
}

/** An actor may be a `Member`, which carries more than the log keeps. The address is a column: it can be erased. */
function actorJson(type: string, actor: Actor): string {
  const { kind, id, userId, serviceAccountId, sessionId, requestId, operator } = actor;
  const json = JSON.stringify({ kind, id, userId, serviceAccountId, sessionId, requestId, operator });
  if (unstorableText({ sessionId, requestId }, json))
    throw new EventRefused(type, 'the actor holds text that cannot be stored.');
  return json;
}

function occurred(type: string, at: Date): string {
  if (Number.isNaN(at.getTime())) throw new EventRefused(type, 'occurredAt is no valid time.');
  return at.toISOString();
}
