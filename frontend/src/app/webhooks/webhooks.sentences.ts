import { lucideWebhook } from '@ng-icons/lucide';
import type { RoomActivity } from '../activity/sentences';

const called = ({ description, host }: { description: string; host: string }) => description || host;

const PAGES: Readonly<Record<string, (id: string) => string>> = {
  webhook_endpoint: (id) => `webhooks/${id}`,
  webhook_delivery: (id) => `webhooks/deliveries/${id}`,
  webhook_inbox: (id) => `webhooks/inboxes/${id}`,
  incoming_webhook: (id) => `webhooks/incoming/${id}`,
};

export const webhookActivity: RoomActivity = {
  id: 'webhooks',
  title: () => $localize`Webhooks`,
  icon: lucideWebhook,
  types: ['webhook*', 'incoming*'],
  link: ({ type, id }, event) => (event.endsWith('.deleted') ? undefined : PAGES[type]?.(id)),
  sentences: {
    'webhook_endpoint.created': (data, { who }) => $localize`${who}:who: made the webhook ${called(data)}:webhook:`,
    'webhook_endpoint.updated': ({ after }, { who }) =>
      $localize`${who}:who: changed the webhook ${called(after)}:webhook:`,
    'webhook_endpoint.deleted': (data, { who }) => $localize`${who}:who: removed the webhook ${called(data)}:webhook:`,
    'webhook_endpoint.secret_rotated': (_data, { who }) => $localize`${who}:who: gave a webhook a new secret`,
    'webhook_endpoint.paused': (data) =>
      $localize`The webhook ${called(data)}:webhook: was paused: ${data.reason}:reason:`,
    'webhook_endpoint.disabled': (data) =>
      $localize`The webhook ${called(data)}:webhook: was switched off: ${data.reason}:reason:`,
    'webhook_endpoint.tested': (_data, { who }) => $localize`${who}:who: sent an example to a webhook`,
    'webhook_replay.started': (_data, { who }) => $localize`${who}:who: had webhooks sent again`,
    'webhook_replay.stopped': ({ done }, { who }) =>
      $localize`${who}:who: stopped sending webhooks again, after ${done}:count:`,
    'webhook_inbox.created': ({ name }, { who }) => $localize`${who}:who: opened the debugging inbox ${name}:inbox:`,
    'webhook_inbox.deleted': ({ name }, { who }) => $localize`${who}:who: closed the debugging inbox ${name}:inbox:`,
    'incoming_webhook.created': ({ name }, { who }) =>
      $localize`${who}:who: made the incoming webhook ${name}:webhook:`,
    'incoming_webhook.updated': ({ name }, { who }) =>
      $localize`${who}:who: changed the incoming webhook ${name}:webhook:`,
    'incoming_webhook.deleted': ({ name }, { who }) =>
      $localize`${who}:who: removed the incoming webhook ${name}:webhook:`,
    'incoming_webhook.secret_rotated': (_data, { who }) => $localize`${who}:who: gave an incoming webhook a new secret`,
    'incoming.received': ({ name }) => $localize`A webhook came in at ${name}:webhook:`,
  },
};
