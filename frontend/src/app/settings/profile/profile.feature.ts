import { lucideUser } from '@ng-icons/lucide';
import type { Feature } from '../../feature';

/** Who the person is here, and how things are shown to them. */
export const profile: Feature = {
  path: 'profile',
  title: () => $localize`Profile`,
  icon: lucideUser,
  place: 'settings',
  aliases: () => $localize`name, email, address, language, time zone, currency, dark, light`,
  routes: () => import('./profile.routes').then(({ routes }) => routes),
};
