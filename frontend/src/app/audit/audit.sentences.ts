import { lucideScrollText } from '@ng-icons/lucide';
import type { RoomActivity } from '../activity/sentences';

export const auditActivity: RoomActivity = {
  id: 'audit',
  title: () => $localize`Audit`,
  icon: lucideScrollText,
  types: ['audit.*', 'access.*'],
  link: () => 'audit',
  sentences: {
    'access.refused': ({ method, route, count }, { who }) =>
      count === 1
        ? $localize`${who}:who: was refused ${method}:method: ${route}:route:`
        : $localize`${who}:who: was refused ${method}:method: ${route}:route: ${count}:count: times`,
    'audit.export_started': (_data, { who }) => $localize`${who}:who: began to export the audit trail`,
    'audit.exported': ({ events, outcome }, { who }) =>
      outcome === 'complete'
        ? $localize`${who}:who: exported ${events}:count: events of the audit trail`
        : $localize`${who}:who: broke an export of the audit trail off`,
  },
};
