import { Injectable } from '@nestjs/common';
import { eventCatalogue, type EventDefinition, type EventType } from '#contract/events/index.js';
import type { Member, Permission } from '#platform/access/index.js';
import type { JudgedEvent } from './judged-event.js';

/** Somebody who is told of events: what they may do in the workspace now, and which person they are. */
export interface Seer {
  readonly permissions: ReadonlySet<Permission>;
  /** Null for what is no person: a webhook endpoint, a service account. */
  readonly userId: string | null;
}

/** What somebody must hold to be told of events that no room has placed. */
const UNPLACED: Permission = 'audit:read';

/**
 * Which permission each type of event needs. Rooms say so at boot; what none has placed is for those who read the audit
 * trail. Who belongs to an event's scope is decided by `eventVisible`, in the statement that writes or loads.
 */
@Injectable()
export class EventSight {
  private readonly needs = new Map<EventType, Permission>();

  /** @throws Error when a type has another permission already: a fault of the developer */
  place(permission: Permission, types: readonly EventType[]): void {
    for (const type of types) {
      const known = this.needs.get(type);
      if (known !== undefined && known !== permission)
        throw new Error(`"${type}" is seen with "${known}" already, not with "${permission}".`);
      this.needs.set(type, permission);
    }
  }

  /** What somebody must hold to be told of an event of this type that is not theirs alone. */
  needed(type: EventType): Permission {
    return this.needs.get(type) ?? UNPLACED;
  }

  /** Whether somebody may be told of an event, as far as permissions decide: what is one person's own needs none. */
  sees({ permissions, userId }: Seer, { type, scope }: Pick<JudgedEvent, 'type' | 'scope'>): boolean {
    if (scope.kind === 'user') return scope.id === userId;
    return permissions.has(this.needed(type));
  }

  /**
   * Whether a request may be shown an event that its person may see: what is the person's own needs no permission in a
   * session; their keys must hold that of its type, as for every other event.
   */
  opens(
    { kind, permissions }: Pick<Member, 'kind' | 'permissions'>,
    { type, scope }: Pick<JudgedEvent, 'type' | 'scope'>,
  ): boolean {
    return (kind === 'user' && scope.kind === 'user') || permissions.has(this.needed(type));
  }

  /** The types that somebody with these permissions can be told of at all, sorted. */
  types(permissions: ReadonlySet<Permission>): EventType[] {
    return tellable.filter((type) => permissions.has(this.needed(type)));
  }
}

/** Every type that people and outside systems can be told of, sorted. */
export const tellable: readonly EventType[] = (Object.keys(eventCatalogue) as EventType[]).filter(isTold).sort();

/** False for events that tell of telling. */
export function isTold(type: EventType): boolean {
  const definition: EventDefinition = eventCatalogue[type];
  return definition.quiet !== true;
}
