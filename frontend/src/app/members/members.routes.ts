import type { Routes } from '@angular/router';
import { InvitationList } from './invitations/invitation-list';
import { MemberList } from './member-list/member-list';
import { MembersPage } from './members';
import { RoleList } from './roles/role-list';

export const routes: Routes = [
  {
    path: '',
    component: MembersPage,
    children: [
      { path: '', component: MemberList },
      { path: 'invitations', title: () => $localize`Invitations`, component: InvitationList },
      { path: 'roles', title: () => $localize`Roles`, component: RoleList },
    ],
  },
];
