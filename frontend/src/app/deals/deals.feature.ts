import { lucidePlane } from '@ng-icons/lucide';
import type { Feature } from '../feature';

export const deals: Feature = {
  path: 'deals',
  title: () => $localize`Deals`,
  icon: lucidePlane,
  place: 'work',
  aliases: () => $localize`flights fares prices routes`,
  keys: 'g d',
  thumb: true,
  routes: () => import('./deals.routes').then(({ routes }) => routes),
};
