import { lucideRadioTower } from '@ng-icons/lucide';
import type { Feature } from '../feature';

export const sources: Feature = {
  path: 'sources',
  title: () => $localize`Sources`,
  icon: lucideRadioTower,
  place: 'work',
  aliases: () => $localize`mailbox imap feed rss upload forwarding address`,
  keys: 'g s',
  permission: 'sources:read',
  routes: () => import('./sources.routes').then(({ routes }) => routes),
};
