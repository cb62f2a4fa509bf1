import { lucideUsers } from '@ng-icons/lucide';
import type { Feature } from '../feature';

export const members: Feature = {
  path: 'members',
  title: () => $localize`Members`,
  icon: lucideUsers,
  place: 'workspace',
  aliases: () => $localize`people team users invitations roles permissions`,
  permission: 'members:read',
  commands: [{ title: () => $localize`Invite people`, link: '?new', permission: 'members:write' }],
  routes: () => import('./members.routes').then(({ routes }) => routes),
};
