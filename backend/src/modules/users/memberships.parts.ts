import { InvitationEndings } from './members/invitation-endings.js';
import { WorkspaceSuspensionsController } from './operators/workspace-suspensions.controller.js';
import { WorkspaceSuspensionsService } from './operators/workspace-suspensions.service.js';
import { OwnMembershipsController } from './workspaces/own-memberships.controller.js';
import { OwnMembershipsService } from './workspaces/own-memberships.service.js';
import { OwnershipMails } from './workspaces/ownership-mails.js';

/** What the users room is made of where people belong to workspaces, beside members and invitations themselves. */
export const membershipControllers = [OwnMembershipsController, WorkspaceSuspensionsController];
export const membershipProviders = [
  InvitationEndings,
  OwnMembershipsService,
  OwnershipMails,
  WorkspaceSuspensionsService,
];
