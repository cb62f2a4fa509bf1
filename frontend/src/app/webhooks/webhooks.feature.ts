import { lucideWebhook } from '@ng-icons/lucide';
import type { Feature } from '../feature';

export const webhooks: Feature = {
  path: 'webhooks',
  title: () => $localize`Webhooks`,
  icon: lucideWebhook,
  place: 'workspace',
  aliases: () => $localize`endpoints deliveries debugging inboxes incoming hooks zapier make`,
  keys: 'g w',
  permission: 'webhooks:read',
  commands: [{ title: () => $localize`Add a webhook`, link: '/new', permission: 'webhooks:write' }],
  routes: () => import('./webhooks.routes').then(({ routes }) => routes),
};
