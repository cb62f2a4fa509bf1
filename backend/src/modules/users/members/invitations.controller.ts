import { Controller, Delete, Get, Post } from '@nestjs/common';
import {
  type Actor,
  AlreadyMember,
  type Member,
  WorkspaceReadOnly,
  WorkspaceSuspended,
} from '#platform/access/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { Endpoint, Input, listQuery, type ListQuery, Who } from '#platform/http/index.js';
import { QuotaExceeded } from '#platform/quotas/index.js';
import { requirePerson } from '../accounts/person.js';
import { workspacePath } from '../workspaces/workspaces.schemas.js';
import { NoSuchRole } from '../roles/roles.errors.js';
import { InvitationsService } from './invitations.service.js';
import { BeyondOwnPermissions, InvitationClosed, OtherAddress, OwnersOnly } from './members.errors.js';
import {
  invitation,
  type InvitationPath,
  invitationPath,
  invitations,
  type InvitationUse,
  invitationUse,
  joined,
  type NewInvitation,
  newInvitation,
  offer,
} from './members.schemas.js';

/** Invitations, as the admins of a workspace handle them. */
@Controller('workspaces/:workspaceId/invitations')
export class InvitationsController {
  constructor(private readonly service: InvitationsService) {}

  @Get()
  @Endpoint({
    permission: 'members:write',
    summary: 'The open invitations of a workspace',
    params: workspacePath,
    query: listQuery({ sort: ['createdAt', 'email'], defaultSort: '-createdAt', filter: true }),
    response: invitations,
    errors: [FilterRefused],
  })
  list(@Who() who: Member, @Input.query() query: ListQuery) {
    return this.service.list(who, query);
  }

  @Post()
  @Endpoint({
    permission: 'members:write',
    summary: 'Invite somebody by mail',
    description:
      'Inviting an address again sends a new link; the earlier one stops working. An open invitation takes a seat of the plan.',
    params: workspacePath,
    body: newInvitation,
    bodyExample: { email: 'ada@example.com', role: 'member' },
    response: invitation,
    errors: [OwnersOnly, BeyondOwnPermissions, NoSuchRole, AlreadyMember, QuotaExceeded],
  })
  invite(@Who() who: Member, @Input.body() body: NewInvitation) {
    return this.service.invite(requirePerson(who), body);
  }

  @Delete(':invitationId')
  @Endpoint({
    permission: 'members:write',
    summary: 'Take an invitation back',
    params: invitationPath,
    status: 204,
    errors: [OwnersOnly, BeyondOwnPermissions, InvitationClosed],
  })
  revoke(@Who() who: Member, @Input.params() { invitationId }: InvitationPath) {
    return this.service.revoke(requirePerson(who), invitationId);
  }
}

/** Invitations, as those who got one handle them. The token travels in bodies only: addresses of requests are logged. */
@Controller('invitations')
export class InvitationLinksController {
  constructor(private readonly service: InvitationsService) {}

  @Post('preview')
  @Endpoint({
    permission: 'public',
    summary: 'What an invitation offers',
    status: 200,
    body: invitationUse,
    response: offer,
    errors: [InvitationClosed],
    rateClass: 'auth',
  })
  preview(@Input.body() { token }: InvitationUse) {
    return this.service.preview(token);
  }

  @Post('acceptance')
  @Endpoint({
    permission: 'self',
    summary: 'Accept an invitation',
    body: invitationUse,
    response: joined,
    errors: [InvitationClosed, OtherAddress, AlreadyMember, WorkspaceReadOnly, WorkspaceSuspended, QuotaExceeded],
  })
  accept(@Who() who: Actor, @Input.body() { token }: InvitationUse) {
    return this.service.accept(requirePerson(who), token);
  }
}
