import type { EventType } from '#contract/events/index.js';
import type { Actor } from '#platform/access/index.js';

/** What a body is made of; a row of the log has it. */
export interface ToldOutside {
  readonly id: string;
  readonly workspaceId: string;
  readonly type: EventType;
  readonly version: number;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly actor: Pick<Actor, 'kind' | 'id'>;
  readonly occurredAt: Date;
  readonly data: unknown;
}

/** Standard Webhooks asks for bodies below 20 kB. */
const MOST_BYTES = 20_000;

/**
 * The body of a webhook, version 1: `type` and `timestamp` as Standard Webhooks names them, and `data` with where and about
 * what it happened, who did it, and the event's own fields under `fields`. Of an actor nothing but kind and id is told. An event that would
 * not fit has no `fields`, and `truncated` says so.
 */
export function payloadOf(event: ToldOutside): string {
  const whole = JSON.stringify(body(event, { fields: event.data }));
  return Buffer.byteLength(whole) <= MOST_BYTES ? whole : JSON.stringify(body(event, { truncated: true }));
}

function body(event: ToldOutside, more: object): object {
  const { id: eventId, workspaceId, type, version, subjectType, subjectId, actor, occurredAt } = event;
  const subject = { type: subjectType, id: subjectId };
  const who = { kind: actor.kind, id: actor.id };
  const data = { eventId, version, workspaceId, subject, actor: who, ...more };
  return { type, timestamp: occurredAt.toISOString(), data };
}
