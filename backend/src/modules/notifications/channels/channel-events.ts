import type { Actor } from '#platform/access/index.js';
import { SYSTEM_WORKSPACE, type EventScope } from '#platform/event-log/index.js';
import type { Channel } from './channel.entity.js';

/** What every event of a channel says: a person's own channels concern only them, their devices no workspace. */
export function about({ id: subjectId, workspaceId, userId }: Channel, actor: Actor) {
  const scope: EventScope = userId === null ? { kind: 'workspace' } : { kind: 'user', id: userId };
  return { workspaceId: workspaceId ?? SYSTEM_WORKSPACE, subjectId, actor, scope };
}
