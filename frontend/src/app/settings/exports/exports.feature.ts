import { lucideDatabase } from '@ng-icons/lucide';
import type { Feature } from '../../feature';

/** A copy of the own data, and the end of the account. */
export const exports: Feature = {
  path: 'exports',
  title: () => $localize`Your data`,
  icon: lucideDatabase,
  place: 'settings',
  aliases: () => $localize`export, download, delete account`,
  routes: () => import('./exports.routes').then(({ routes }) => routes),
};
