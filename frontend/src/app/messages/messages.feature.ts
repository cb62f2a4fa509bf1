import { lucideMails } from '@ng-icons/lucide';
import type { Feature } from '../feature';

export const messages: Feature = {
  path: 'messages',
  title: () => $localize`Messages`,
  icon: lucideMails,
  place: 'work',
  aliases: () => $localize`mails upload eml mbox parse`,
  keys: 'g m',
  permission: 'messages:read',
  routes: () => import('./messages.routes').then(({ routes }) => routes),
};
