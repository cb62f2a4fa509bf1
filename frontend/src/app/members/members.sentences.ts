import { lucideUsers } from '@ng-icons/lucide';
import type { RoomActivity } from '../activity/sentences';
import { roleName } from './role-words';

export const memberActivity: RoomActivity = {
  id: 'members',
  title: () => $localize`People`,
  icon: lucideUsers,
  types: ['member.*', 'invitation.*', 'role.*'],
  link: (_subject, type) =>
    type.startsWith('invitation.') ? 'members/invitations' : type.startsWith('role.') ? 'members/roles' : 'members',
  sentences: {
    'member.added': ({ role }, { person, subjectId }) =>
      $localize`${person(subjectId)}:who: joined as ${roleName(role)}:role:`,
    'member.role_changed': ({ before, after }, { who, person, subjectId }) =>
      $localize`${who}:who: changed the role of ${person(subjectId)}:member: from ${roleName(before)}:before: to ${roleName(after)}:after:`,
    'member.removed': ({ left }, { who }) =>
      left ? $localize`${who}:who: left the workspace` : $localize`${who}:who: removed a member`,
    'member.suspended': (_data, { who, person, subjectId }) =>
      $localize`${who}:who: suspended ${person(subjectId)}:member:`,
    'member.resumed': (_data, { who, person, subjectId }) =>
      $localize`${who}:who: let ${person(subjectId)}:member: in again`,
    'role.created': ({ name }, { who }) => $localize`${who}:who: made the role ${name}:role:`,
    'role.updated': ({ after }, { who }) => $localize`${who}:who: changed the role ${after.name}:role:`,
    'role.deleted': ({ name }, { who }) => $localize`${who}:who: removed the role ${name}:role:`,
    'invitation.created': ({ role }, { who }) => $localize`${who}:who: invited somebody as ${roleName(role)}:role:`,
    'invitation.accepted': ({ userId }, { person }) => $localize`${person(userId)}:who: accepted the invitation`,
    'invitation.revoked': ({ because }, { who }) =>
      because === 'inviter'
        ? $localize`An invitation ended, because its inviter may not invite any more`
        : $localize`${who}:who: took an invitation back`,
  },
};
