import { lucideKeyRound } from '@ng-icons/lucide';
import type { Feature } from '../feature';

export const keys: Feature = {
  path: 'keys',
  title: () => $localize`API keys`,
  icon: lucideKeyRound,
  place: 'workspace',
  aliases: () => $localize`tokens programs service accounts secrets`,
  permission: 'api_keys:read',
  commands: [
    { title: () => $localize`Make an API key`, link: '?new', permission: 'api_keys:write' },
    {
      title: () => $localize`Make a service account`,
      link: '/service-accounts?new',
      permission: 'service_accounts:write',
    },
  ],
  routes: () => import('./keys.routes').then(({ routes }) => routes),
};
