import {
  activityFields,
  apiKeyFields,
  channelFields,
  complete,
  type Completion,
  dealFields,
  deliveryFields,
  eventFields,
  type FieldCatalogue,
  incomingWebhookFields,
  invitationFields,
  jobFields,
  type KnownValue,
  memberFields,
  messageFields,
  notificationFields,
  type OwnerContext,
  parkedEventFields,
  serviceAccountFields,
  sourceFields,
  subscriptionFields,
  webhookDeliveryFields,
  webhookEndpointFields,
} from '#contract/filter/index.js';

/** What can be asked of each list; loaded when somebody begins to write a filter. */
const CATALOGUES = {
  activity: activityFields,
  'api-keys': apiKeyFields,
  channels: channelFields,
  deals: dealFields,
  deliveries: deliveryFields,
  events: eventFields,
  'incoming-webhooks': incomingWebhookFields,
  invitations: invitationFields,
  jobs: jobFields,
  members: memberFields,
  messages: messageFields,
  notifications: notificationFields,
  'parked-events': parkedEventFields,
  'service-accounts': serviceAccountFields,
  sources: sourceFields,
  subscriptions: subscriptionFields,
  'webhook-deliveries': webhookDeliveryFields,
  'webhook-endpoints': webhookEndpointFields,
} as const;

/** A list that has a filter, by the name of what it holds. */
export type FilteredList = keyof typeof CATALOGUES;
/** Values that a page knows of a field: ids with the names of what they mean. */
export type KnownValues = Readonly<Record<string, readonly KnownValue[]>>;

/** The fields of a list, with the values that the page knows. */
export function catalogueOf(list: FilteredList, known: KnownValues): FieldCatalogue {
  return CATALOGUES[list].knowing(known);
}

export { complete, type Completion, type OwnerContext };
