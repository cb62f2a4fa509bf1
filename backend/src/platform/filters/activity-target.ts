import { activityFields, changesOf } from '#contract/filter/index.js';
import { tellable } from './event-sight.js';
import type { FilterTarget } from './filter-targets.js';
import { activityTemplates } from './activity-template-words.js';
import type { JudgedEvent } from './judged-event.js';

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
  templates: [
    {
      id: 'team',
      words: activityTemplates.team,
      filter: 'type:member.*,invitation.accepted -actor:me',
    },
    {
      id: 'sources-failing',
      words: activityTemplates['sources-failing'],
      filter: 'type:source.failed,source.recovered',
    },
    {
      id: 'keys',
      words: activityTemplates.keys,
      filter: 'type:api_key.*,service_account.* -actor:me',
    },
    {
      id: 'day',
      words: activityTemplates.day,
      filter: '-actor:me -by:system',
      daily: true,
    },
  ],
  subject: (event) => {
    const { type, actor, subjectId, subjectType, occurredAt, scope, data } = event as JudgedEvent;
    return { ...changesOf(type, data), type, actor, subjectId, subjectType, occurredAt, scope };
  },
};
