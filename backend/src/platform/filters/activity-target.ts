import { activityFields } from '#contract/filter/index.js';
import type { LogEvent } from '#platform/event-log/index.js';
import { tellable } from './event-sight.js';
import type { FilterTarget } from './filter-targets.js';

/** Every event of every room, by type, actor and subject. What one may be told of is for `EventSight` to say, type by type. */
export const activityTarget: FilterTarget = {
  name: 'activity',
  title: 'Activity',
  permission: 'workspace:read',
  events: tellable,
  catalogue: activityFields,
  from: 'event e',
  idColumn: 'e.id',
  workspaceColumn: 'e.workspace_id',
  timeColumn: 'e.occurred_at',
  titleColumn: 'e.type',
  mixed: true,
  subject: (event) => {
    const { type, actor, subjectId, subjectType, occurredAt, scope } = event as LogEvent;
    return { type, actor, subjectId, subjectType, occurredAt, scope };
  },
};
