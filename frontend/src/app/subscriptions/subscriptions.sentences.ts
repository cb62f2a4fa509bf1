import { lucideBellRing } from '@ng-icons/lucide';
import type { RoomActivity } from '../activity/sentences';

export const subscriptionActivity: RoomActivity = {
  id: 'subscriptions',
  title: () => $localize`Subscriptions`,
  icon: lucideBellRing,
  types: ['subscription.*', 'channel.*'],
  link: ({ type, id }, event) =>
    type === 'subscription' && event !== 'subscription.deleted' ? `subscriptions/${id}` : undefined,
  sentences: {
    'subscription.created': ({ name }, { who }) => $localize`${who}:who: subscribed to ${name}:subscription:`,
    'subscription.updated': ({ before, after }, { who }) => {
      if (after.paused && !before.paused)
        return $localize`${who}:who: paused the subscription ${after.name}:subscription:`;
      if (before.paused && !after.paused)
        return $localize`${who}:who: resumed the subscription ${after.name}:subscription:`;
      return $localize`${who}:who: changed the subscription ${after.name}:subscription:`;
    },
    'subscription.joined': ({ name, userId }, { person }) =>
      $localize`${person(userId)}:who: joined the subscription ${name}:subscription:`,
    'subscription.left': ({ name, userId }, { person }) =>
      $localize`${person(userId)}:who: left the subscription ${name}:subscription:`,
    'subscription.deleted': ({ name }, { who }) =>
      $localize`${who}:who: removed the subscription ${name}:subscription:`,
    'channel.created': ({ name }, { who }) => $localize`${who}:who: added the channel ${name}:channel:`,
    'channel.updated': ({ name }, { who }) => $localize`${who}:who: changed the channel ${name}:channel:`,
    'channel.removed': ({ name }, { who }) => $localize`${who}:who: removed the channel ${name}:channel:`,
    'channel.disabled': ({ name, reason }) =>
      $localize`The channel ${name}:channel: was switched off: ${reason}:reason:`,
  },
};
