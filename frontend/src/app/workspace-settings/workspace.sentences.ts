import { lucideBuilding2 } from '@ng-icons/lucide';
import type { RoomActivity } from '../activity/sentences';

export const workspaceActivity: RoomActivity = {
  id: 'workspace',
  title: () => $localize`Workspace`,
  icon: lucideBuilding2,
  types: ['workspace.*'],
  link: () => 'settings',
  sentences: {
    'workspace.created': ({ name }, { who }) => $localize`${who}:who: opened the workspace ${name}:workspace:`,
    'workspace.updated': ({ before, after }, { who }) =>
      $localize`${who}:who: renamed the workspace from ${before.name}:before: to ${after.name}:after:`,
    'workspace.handed_over': ({ userId }, { who, person }) =>
      $localize`${who}:who: handed the workspace over to ${person(userId)}:owner:`,
    'workspace.second_factor_policy_changed': ({ required }, { who }) =>
      required
        ? $localize`${who}:who: asked everybody here for a second factor`
        : $localize`${who}:who: ceased to ask for a second factor`,
    'workspace.suspended': ({ mode }) =>
      mode === 'read_only'
        ? $localize`An operator made the workspace read-only`
        : $localize`An operator closed the workspace`,
    'workspace.resumed': () => $localize`An operator opened the workspace again`,
  },
};
