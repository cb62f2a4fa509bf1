import { lucideRadioTower } from '@ng-icons/lucide';
import type { RoomActivity } from '../activity/sentences';

export const sourceActivity: RoomActivity = {
  id: 'sources',
  title: () => $localize`Sources`,
  icon: lucideRadioTower,
  types: ['source.*', 'message.*', 'messages.*'],
  link: ({ type, id }, event) => (type === 'source' && event !== 'source.deleted' ? `sources/${id}` : undefined),
  sentences: {
    'source.created': ({ name }, { who }) => $localize`${who}:who: added the source ${name}:source:`,
    'source.updated': ({ name, paused, before }, { who }) => {
      if (paused === true && before?.paused === false) return $localize`${who}:who: paused the source ${name}:source:`;
      if (paused === false && before?.paused === true) return $localize`${who}:who: resumed the source ${name}:source:`;
      return $localize`${who}:who: changed the source ${name}:source:`;
    },
    'source.deleted': ({ name }, { who }) => $localize`${who}:who: removed the source ${name}:source:`,
    'source.failed': ({ name, error }) => $localize`The source ${name}:source: stopped working: ${error}:reason:`,
    'source.recovered': ({ name }) => $localize`The source ${name}:source: works again`,
    'message.received': ({ subject }) => $localize`“${subject}:subject:” arrived`,
    'message.refused': ({ subject, reason }) => $localize`“${subject}:subject:” was passed over: ${reason}:reason:`,
    'message.downloaded': (_data, { who }) => $localize`${who}:who: downloaded a message`,
    'message.parse_requested': (_data, { who }) => $localize`${who}:who: had a message read again`,
    'messages.parse_requested': (_data, { who }) => $localize`${who}:who: had many messages read again`,
    'message.deleted': ({ subject }, { who }) => $localize`${who}:who: removed the message “${subject}:subject:”`,
  },
};
