import { lucideBellRing } from '@ng-icons/lucide';
import type { Feature } from '../feature';

export const subscriptions: Feature = {
  path: 'subscriptions',
  title: () => $localize`Subscriptions`,
  icon: lucideBellRing,
  place: 'work',
  aliases: () => $localize`alerts watch rules digests follow`,
  keys: 'g s',
  thumb: true,
  commands: [{ title: () => $localize`Subscribe to something new`, link: '/new', permission: 'subscriptions:write' }],
  routes: () => import('./subscriptions.routes').then(({ routes }) => routes),
};
