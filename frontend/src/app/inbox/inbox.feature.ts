import { lucideInbox } from '@ng-icons/lucide';
import type { Feature } from '../feature';

export const inbox: Feature = {
  path: 'inbox',
  title: () => $localize`Inbox`,
  icon: lucideInbox,
  place: 'person',
  aliases: () => $localize`notifications unread messages alerts`,
  keys: 'g i',
  thumb: true,
  routes: () => import('./inbox.routes').then(({ routes }) => routes),
};
