import type { EventType } from '#contract/events/index.js';
import type { Actor } from '#platform/access/index.js';
import { exampleEvent } from './examples.js';
import { payloadOf, type ToldOutside } from './payload.js';

/** A delivery with the event it tells of; the columns of the event are null when it is gone. */
export interface ToldRow {
  readonly eventId: string;
  readonly type: EventType;
  readonly subjectId: string;
  readonly test: boolean;
  readonly createdAt: string | Date;
  readonly workspaceId: string;
  readonly version: number | null;
  readonly subjectType: string | null;
  readonly actor: Pick<Actor, 'kind' | 'id'> | null;
  readonly occurredAt: string | Date | null;
  readonly data: unknown;
}

/** The event of a delivery as it is told; undefined when it is gone. The same every time, so that a repeat has the same body. */
export function toldOf(row: ToldRow): ToldOutside | undefined {
  const { eventId: id, workspaceId, type, subjectId, createdAt } = row;
  if (row.test) return exampleEvent(type, { id, workspaceId, subjectId, occurredAt: new Date(createdAt) });
  const { version, subjectType, actor, occurredAt, data } = row;
  if (version === null || subjectType === null || actor === null || occurredAt === null || data === null)
    return undefined;
  return { id, workspaceId, type, version, subjectType, subjectId, actor, occurredAt: new Date(occurredAt), data };
}

/** The body of one event, made once for all who are told of it. Of the event itself, which may be large, nothing is kept. */
export class Told {
  private readonly made: { readonly body: string } | { readonly fault: unknown };

  constructor(event: () => ToldOutside) {
    try {
      this.made = { body: payloadOf(event()) };
    } catch (fault) {
      this.made = { fault };
    }
  }

  /** @throws what is wrong with this event alone, such as a type that is gone */
  get body(): string {
    if ('fault' in this.made) throw this.made.fault;
    return this.made.body;
  }
}
