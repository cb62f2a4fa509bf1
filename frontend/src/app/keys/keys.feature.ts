import { lucideKeyRound } from '@ng-icons/lucide';
import type { Feature } from '../feature';

export const keys: Feature = {
  path: 'keys',
  title: () => $localize`API keys`,
  icon: lucideKeyRound,
  place: 'workspace',
  aliases: () => $localize`tokens programs service accounts secrets`,
  permission: 'api_keys:read',
  routes: () => import('./keys.routes').then(({ routes }) => routes),
};
