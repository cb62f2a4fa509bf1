import { lucideGauge } from '@ng-icons/lucide';
import type { Feature } from '../feature';

export const plan: Feature = {
  path: 'plan',
  title: () => $localize`Plan and usage`,
  icon: lucideGauge,
  place: 'workspace',
  aliases: () => $localize`limits quotas billing payment invoice upgrade`,
  permission: 'workspace:read',
  routes: () => import('./plan.routes').then(({ routes }) => routes),
};
