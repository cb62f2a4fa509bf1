import { lucidePlane } from '@ng-icons/lucide';
import type { RoomActivity } from '../activity/sentences';

export const dealActivity: RoomActivity = {
  id: 'deals',
  title: () => $localize`Deals`,
  icon: lucidePlane,
  types: ['deal.*'],
  link: ({ type, id }, event) => (type === 'deal' && event !== 'deal.withdrawn' ? `deals/${id}` : undefined),
  sentences: {
    // Titles tell the price themselves.
    'deal.found': ({ title }) => $localize`${title}:deal: was found`,
    'deal.repriced': ({ before, after }, { money }) =>
      before.currency === undefined
        ? $localize`${after.title}:deal: now costs ${money(after.priceMinor, after.currency)}:price:`
        : $localize`${after.title}:deal: went from ${money(before.priceMinor, before.currency)}:before: to ${money(after.priceMinor, after.currency)}:after:`,
    'deal.corrected': ({ after }) => $localize`${after.title}:deal: was read again and corrected`,
    'deal.expired': ({ title }) => $localize`${title}:deal: ran out`,
    'deal.withdrawn': ({ title }) => $localize`${title}:deal: was taken back: its message does not offer it`,
  },
};
