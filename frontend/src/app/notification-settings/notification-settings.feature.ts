import { lucideBell } from '@ng-icons/lucide';
import type { Feature } from '../feature';

export const notificationSettings: Feature = {
  path: 'notifications',
  title: () => $localize`Notifications`,
  icon: lucideBell,
  place: 'settings',
  aliases: () => $localize`preferences channels slack discord push browser mail`,
  routes: () => import('./notification-settings.routes').then(({ routes }) => routes),
};
