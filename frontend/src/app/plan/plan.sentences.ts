import { lucideGauge } from '@ng-icons/lucide';
import type { RoomActivity } from '../activity/sentences';
import { quotaName } from './quota-words';

export const planActivity: RoomActivity = {
  id: 'plan',
  title: () => $localize`Plan`,
  icon: lucideGauge,
  types: ['plan.*', 'quota.*', 'payment.*', 'checkout.*', 'billing_portal.*'],
  link: () => 'plan',
  sentences: {
    'plan.changed': ({ before, after }) => $localize`The plan changed from ${before}:before: to ${after}:after:`,
    'quota.warned': ({ quota }) => $localize`80 % of ${quotaName(quota)}:limit: are used`,
    'quota.reached': ({ quota }) => $localize`The limit of ${quotaName(quota)}:limit: is reached; more is refused`,
    'checkout.started': ({ plan }, { who }) => $localize`${who}:who: went to pay for the plan ${plan}:plan:`,
    'billing_portal.opened': (_data, { who }) => $localize`${who}:who: opened the billing portal`,
    'payment.failed': () => $localize`A payment failed; the plan stays until the grace ends`,
    'payment.recovered': () => $localize`A failed payment was made good`,
  },
};
