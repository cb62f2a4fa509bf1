import { lucideScrollText } from '@ng-icons/lucide';
import type { Feature } from '../feature';

export const audit: Feature = {
  path: 'audit',
  title: () => $localize`Audit trail`,
  icon: lucideScrollText,
  place: 'workspace',
  aliases: () => $localize`log history who did what security events export`,
  permission: 'audit:read',
  routes: () => import('./audit.routes').then(({ routes }) => routes),
};
