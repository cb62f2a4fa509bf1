import { lucideHouse } from '@ng-icons/lucide';
import type { Feature } from '../feature';

export const home: Feature = {
  path: '',
  title: () => $localize`Home`,
  icon: lucideHouse,
  place: 'work',
  aliases: () => $localize`start overview activity`,
  keys: 'g h',
  thumb: true,
  routes: () => import('./home.routes').then(({ routes }) => routes),
};
