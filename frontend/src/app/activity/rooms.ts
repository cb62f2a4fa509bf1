import { auditActivity } from '../audit/audit.sentences';
import { dealActivity } from '../deals/deals.sentences';
import { keyActivity } from '../keys/keys.sentences';
import { memberActivity } from '../members/members.sentences';
import { planActivity } from '../plan/plan.sentences';
import { sourceActivity } from '../sources/sources.sentences';
import { subscriptionActivity } from '../subscriptions/subscriptions.sentences';
import { webhookActivity } from '../webhooks/webhooks.sentences';
import { workspaceActivity } from '../workspace-settings/workspace.sentences';
import type { RoomActivity } from './sentences';

/** Every room that has something to tell, in the order of the feed's choice. A new room is one line here. */
export const rooms: readonly RoomActivity[] = [
  dealActivity,
  sourceActivity,
  subscriptionActivity,
  memberActivity,
  keyActivity,
  webhookActivity,
  planActivity,
  workspaceActivity,
  auditActivity,
];

/** The room that tells of a type of event. */
export const roomOf = (type: string): RoomActivity | undefined =>
  rooms.find(({ types }) =>
    types.some((one) => (one.endsWith('*') ? type.startsWith(one.slice(0, -1)) : one === type)),
  );
