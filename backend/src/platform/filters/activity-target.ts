import { activityFields, changesOf } from '#contract/filter/index.js';
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
  templates: [
    {
      id: 'team',
      title: 'Who comes and goes',
      description: 'People who join or leave the workspace, and changes of their roles.',
      filter: 'type:member.*,invitation.accepted -actor:me',
    },
    {
      id: 'sources-failing',
      title: 'Sources that stop working',
      description: 'A mailbox or feed failed, or works again.',
      filter: 'type:source.failed,source.recovered',
    },
    {
      id: 'keys',
      title: 'Keys and service accounts',
      description: 'API keys and service accounts that somebody makes, changes or removes.',
      filter: 'type:api_key.*,service_account.* -actor:me',
    },
    {
      id: 'day',
      title: 'What others did today',
      description: 'Everything that others did in the workspace, once a day.',
      filter: '-actor:me -by:system',
      daily: true,
    },
  ],
  subject: (event) => {
    const { type, actor, subjectId, subjectType, occurredAt, scope, data } = event as LogEvent;
    return { ...changesOf(type, data), type, actor, subjectId, subjectType, occurredAt, scope };
  },
};
