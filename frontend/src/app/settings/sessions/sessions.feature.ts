import { lucideMonitorSmartphone } from '@ng-icons/lucide';
import type { Feature } from '../../feature';

/** Where the person is signed in. */
export const sessions: Feature = {
  path: 'sessions',
  title: () => $localize`Sessions`,
  icon: lucideMonitorSmartphone,
  place: 'settings',
  aliases: () => $localize`devices, signed in, sign out everywhere`,
  routes: () => import('./sessions.routes').then(({ routes }) => routes),
};
