import { lucideSettings2 } from '@ng-icons/lucide';
import type { Feature } from '../feature';

export const workspaceSettings: Feature = {
  path: 'settings',
  title: () => $localize`Workspace settings`,
  icon: lucideSettings2,
  place: 'workspace',
  aliases: () => $localize`name second factor security policy leave`,
  permission: 'workspace:read',
  routes: () => import('./workspace-settings.routes').then(({ routes }) => routes),
};
