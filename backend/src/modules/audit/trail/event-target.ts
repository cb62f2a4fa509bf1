import { Injectable, type OnModuleInit } from '@nestjs/common';
import { eventFields } from '#contract/filter/index.js';
import { FilterTargets, type FilterTarget } from '#platform/filters/index.js';

/** What the filter language can be asked about events. Only the trail asks it, of those who may read it. */
export const eventTarget: FilterTarget = {
  name: 'event',
  title: 'Events',
  permission: 'audit:read',
  events: [],
  catalogue: eventFields,
  from: 'event e',
  idColumn: 'e.id',
  workspaceColumn: 'e.workspace_id',
  timeColumn: 'e.occurred_at',
  titleColumn: 'e.type',
  guarded: true,
  subject: () => ({}),
};

/** Tells the platform of the target. */
@Injectable()
export class EventTarget implements OnModuleInit {
  constructor(private readonly targets: FilterTargets) {}

  onModuleInit(): void {
    this.targets.register(eventTarget);
  }
}
