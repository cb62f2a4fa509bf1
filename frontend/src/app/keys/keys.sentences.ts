import { lucideKeyRound } from '@ng-icons/lucide';
import type { RoomActivity } from '../activity/sentences';

export const keyActivity: RoomActivity = {
  id: 'keys',
  title: () => $localize`Keys`,
  icon: lucideKeyRound,
  types: ['api_key.*', 'service_account.*'],
  link: ({ type }) => (type === 'service_account' ? 'keys/service-accounts' : 'keys'),
  sentences: {
    'api_key.created': ({ name }, { who }) => $localize`${who}:who: made the API key ${name}:key:`,
    'api_key.updated': ({ after }, { who }) => $localize`${who}:who: changed the API key ${after.name}:key:`,
    'api_key.rotated': ({ name }, { who }) => $localize`${who}:who: gave the API key ${name}:key: a new secret`,
    'api_key.revoked': ({ name }, { who }) => $localize`${who}:who: revoked the API key ${name}:key:`,
    'service_account.created': ({ name }, { who }) => $localize`${who}:who: made the service account ${name}:account:`,
    'service_account.updated': ({ after }, { who }) =>
      $localize`${who}:who: changed the service account ${after.name}:account:`,
    'service_account.suspended': ({ name }, { who }) =>
      $localize`${who}:who: suspended the service account ${name}:account:`,
    'service_account.resumed': ({ name }, { who }) =>
      $localize`${who}:who: let the service account ${name}:account: in again`,
    'service_account.deleted': ({ name }, { who }) =>
      $localize`${who}:who: removed the service account ${name}:account:`,
  },
};
