import type { LoggerService } from '@nestjs/common';
import type { ToldEvent } from '#contract/realtime/index.js';
import type { LogEvent } from '#platform/event-log/index.js';
import type { EventSight, FilterTarget, Listener } from '#platform/filters/index.js';
import type { LiveSocket } from '../server/live-socket.js';

/** Watches of several sockets that ask for the same: the engine is asked once for all, and each event is written once. */
export interface WatchGroup extends Listener {
  readonly about: FilterTarget;
  /** By socket; none is in it twice. */
  readonly watches: Map<LiveSocket, Watch>;
  /** Whether it is about an event, as the engine would say. */
  matches(event: LogEvent): boolean;
}

/** What one socket asked for. */
export interface Watch {
  readonly group: WatchGroup;
  readonly socket: LiveSocket;
  /**
   * `past`: it is sent what the log holds after `at`. `live`: what the feed brings after `at`. `behind`: nothing, for its
   * socket is full; what comes after `at` is skipped. `over`: nothing any more.
   */
  state: 'past' | 'live' | 'behind' | 'over';
  at: number;
}

/**
 * Whether a socket may be told of an event now: what is a person's own is for their sessions, and for their keys only where
 * these hold the permission of its type.
 */
export function seenBy({ data }: LiveSocket, { about }: WatchGroup, event: LogEvent, needed: SeenWith): boolean {
  const place = data.standing.workspaces.get(event.workspaceId);
  if (!place?.permissions.has(about.permission)) return false;
  const { kind, userId, serviceAccountId } = data.credential.actor;
  const { scope, type } = event;
  if (scope.kind === 'user' && scope.id !== (userId ?? serviceAccountId)) return false;
  if (scope.kind === 'user' && kind === 'user') return true;
  if (scope.kind === 'project' && !place.projects.has(scope.id)) return false;
  return place.permissions.has(needed.needed(type));
}

/** Does something with an event; one that throws is left out, and those after it are not. */
export function guarded({ id, position, type }: LogEvent, log: LoggerService, work: () => void): void {
  try {
    work();
  } catch (error) {
    log.error({ err: error as Error, event: id, position, type }, 'An event could not be told to sockets');
  }
}

/** Says what each type of event needs; `EventSight` does. */
type SeenWith = Pick<EventSight, 'needed'>;

/** An event as clients are told of it: no address, session or request of whoever did it. */
export function told(event: LogEvent): ToldEvent {
  const { id, position, type, version, workspaceId, scope, subjectType, subjectId, actor, data, occurredAt } = event;
  return {
    id,
    position,
    type,
    version,
    workspaceId,
    scope: { kind: scope.kind, id: scope.kind === 'workspace' ? null : scope.id },
    subject: { type: subjectType, id: subjectId },
    actor: { kind: actor.kind, id: actor.id, userId: actor.userId },
    data: data as Record<string, unknown>,
    occurredAt: occurredAt.toISOString(),
  };
}
