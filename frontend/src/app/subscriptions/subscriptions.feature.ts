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
  routes: () => import('./subscriptions.routes').then(({ routes }) => routes),
};
