import { Injectable } from '@nestjs/common';
import type { EventType } from '#contract/events/index.js';
import { EventSight, FilterTargets } from '#platform/filters/index.js';
import { ownerHolds, type OwnerRow } from './endpoint-rights.js';

/** What the owner of an endpoint may hear for it, at this moment. */
@Injectable()
export class OwnerSight {
  constructor(
    private readonly targets: FilterTargets,
    private readonly sight: EventSight,
  ) {}

  /** Whether they may see events of a type. */
  sees(owner: OwnerRow, type: EventType): boolean {
    return ownerHolds(owner, this.sight.needed(type));
  }

  /** True when they may see nothing of what the endpoint asks for: they have no part in the workspace, or too few rights. */
  deaf(owner: OwnerRow): boolean {
    if (owner.role === null) return true;
    if (!this.targets.has(owner.target)) return false;
    if (!ownerHolds(owner, this.targets.get(owner.target).permission)) return true;
    return owner.types?.every((type) => !this.sees(owner, type as EventType)) ?? false;
  }
}
