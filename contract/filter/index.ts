import type { BoundFilter } from './bound.js';
import { check } from './check.js';
import type { OwnerContext } from './context.js';
import type { FieldCatalogue } from './fields.js';
import { parse } from './parser.js';

/**
 * The door of the filter language. `compile` reads a filter; `toMatcher` and `toSql` answer it, in memory and in
 * PostgreSQL, always alike.
 */
export type { BoundFilter, BoundNode, Interval, Limit, Predicate, Test } from './bound.js';
export { canonical } from './canonical.js';
export { check } from './check.js';
export { complete, type Completion, type Suggestion } from './complete.js';
export type {
  Circumstances,
  FilterContext,
  OwnerContext,
  PersonResolver,
  PlaceResolver,
  ResolvedPlace,
} from './context.js';
export { FilterError, type FilterErrorCode, type FilterErrorDetail, type Span } from './errors.js';
export {
  FieldCatalogue,
  type Field,
  type FieldType,
  type KnownValue,
  type Location,
  type TargetDescription,
} from './fields.js';
export { explain } from './explain.js';
export { fold, words } from './fold.js';
export { fromForm, toForm, type Condition } from './form.js';
export { FilterEngine, type RestoredEngine } from './engine/filter-engine.js';
export { SnapshotError } from './engine/snapshot.js';
export { MAX_LENGTH } from './text.js';
export type { Matcher, Moment } from './leaves.js';
export { compileNode, toMatcher } from './match.js';
export { inMinorUnits, isCurrency, minorDigits, type Amount, type Rates } from './money.js';
export { MAX_DEPTH, MAX_TERMS, parse } from './parser.js';
export type { Subject } from './read.js';
export { operatorsOf } from './refusal.js';
export { toSql, type SqlCondition, type SqlOptions, type SqlParameter } from './sql.js';
export { webhookDeliveryFields } from './targets/webhook-delivery.js';
export { webhookEndpointFields } from './targets/webhook-endpoint.js';
export { incomingWebhookFields } from './targets/incoming-webhook.js';
export { activityFields } from './targets/activity.js';
export { changesOf } from './targets/changes.js';
export { dealFields } from './targets/deal.js';
export { eventFields } from './targets/event.js';
export { messageFields, sourceFields } from './targets/lists/intake.js';
export { jobFields, parkedEventFields } from './targets/lists/operations.js';
export { apiKeyFields, invitationFields, memberFields, serviceAccountFields } from './targets/lists/people.js';
export { channelFields, deliveryFields, subscriptionFields } from './targets/lists/telling.js';
export { notificationFields } from './targets/notification.js';
export { asValue, print, quote, type Operator, type Tree } from './tree.js';
export { instantOf, localTime, type LocalTime } from './zone.js';

/** Parses and binds a filter's text. @throws FilterError where the text is wrong for this target or owner */
export function compile(text: string, catalogue: FieldCatalogue, owner: OwnerContext): BoundFilter {
  return check(parse(text), catalogue, owner);
}
