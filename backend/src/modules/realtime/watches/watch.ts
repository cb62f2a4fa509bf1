import type { LoggerService } from '@nestjs/common';
import type { ToldEvent } from '#contract/realtime/index.js';
import type { StandingPlace } from '#platform/access/index.js';
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
 * Who may be told of an event now: what is a person's own is for their sessions, and for their keys only where these hold the
 * permission of its type. Permissions are looked into once for all sockets that share them, such as those of one role.
 */
export function sightOf({ about }: WatchGroup, event: LogEvent, needed: SeenWith): (socket: LiveSocket) => boolean {
  const { workspaceId, scope } = event;
  const permission = needed.needed(event.type);
  let known: StandingPlace['permissions'] | undefined;
  let [opens, shows] = [false, false];
  return ({ data }) => {
    const place = data.standing.workspaces.get(workspaceId);
    if (!place) return false;
    const { permissions } = place;
    if (permissions !== known)
      [known, opens, shows] = [permissions, permissions.has(about.permission), permissions.has(permission)];
    if (!opens) return false;
    if (scope.kind === 'user') {
      const { kind, userId, serviceAccountId } = data.credential.actor;
      return scope.id === (userId ?? serviceAccountId) && (kind === 'user' || shows);
    }
    return shows && (scope.kind !== 'project' || place.projects.has(scope.id));
  };
}

/** Does something with an event; one that throws is left out, and those after it are not. */
export async function guarded(
  { id, position, type }: LogEvent,
  log: LoggerService,
  work: () => void | Promise<void>,
): Promise<void> {
  try {
    await work();
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
