import { KeysOfLeavers } from './api-keys/keys-of-leavers.js';
import { MemberAccessController } from './member-access/member-access.controller.js';
import { MemberAccessService } from './member-access/member-access.service.js';
import { InvitationEndings } from './members/invitation-endings.js';
import { PermissionsController } from './roles/permissions.controller.js';
import { RolesController } from './roles/roles.controller.js';
import { RolesService } from './roles/roles.service.js';
import { WorkspaceRole } from './roles/workspace-role.entity.js';
import { FactorResetsController } from './operators/factor-resets.controller.js';
import { FactorResetsService } from './operators/factor-resets.service.js';
import { OperatorMails } from './operators/operator-mails.js';
import { OperatorRecoveries } from './operators/operator-recoveries.js';
import { OperatorRecoveryMails } from './operators/operator-recovery-mails.js';
import { OperatorsController } from './operators/operators.controller.js';
import { OperatorsService } from './operators/operators.service.js';
import { SignOutsController } from './operators/sign-outs.controller.js';
import { SignOutsService } from './operators/sign-outs.service.js';
import { WorkspaceSuspensionsController } from './operators/workspace-suspensions.controller.js';
import { WorkspaceSuspensionsService } from './operators/workspace-suspensions.service.js';
import { OwnMembershipsController } from './workspaces/own-memberships.controller.js';
import { OwnMembershipsService } from './workspaces/own-memberships.service.js';
import { OwnershipMails } from './workspaces/ownership-mails.js';
import { SuspensionMails } from './workspaces/suspension-mails.js';

/** What the users room is made of where people belong to workspaces, beside members and invitations themselves. */
export const membershipEntities = [WorkspaceRole];
export const membershipControllers = [
  FactorResetsController,
  MemberAccessController,
  OperatorsController,
  PermissionsController,
  OwnMembershipsController,
  RolesController,
  SignOutsController,
  WorkspaceSuspensionsController,
];
export const membershipProviders = [
  FactorResetsService,
  InvitationEndings,
  KeysOfLeavers,
  MemberAccessService,
  OperatorMails,
  OperatorRecoveries,
  OperatorRecoveryMails,
  OperatorsService,
  OwnMembershipsService,
  OwnershipMails,
  RolesService,
  SignOutsService,
  SuspensionMails,
  WorkspaceSuspensionsService,
];
