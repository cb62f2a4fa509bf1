import { lucideShieldCheck } from '@ng-icons/lucide';
import type { Feature } from '../../feature';

/** What guards the account. */
export const security: Feature = {
  path: 'security',
  title: () => $localize`Sign-in and security`,
  icon: lucideShieldCheck,
  place: 'settings',
  aliases: () => $localize`password, second factor, two-factor, passkey, authenticator, recovery codes`,
  routes: () => import('./security.routes').then(({ routes }) => routes),
};
