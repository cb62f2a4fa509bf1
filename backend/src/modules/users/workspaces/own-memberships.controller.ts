import { Controller, Delete, Post } from '@nestjs/common';
import {
  type Actor,
  CannotOwn,
  LastOwner,
  MemberSuspended,
  NotOwner,
  WorkspaceReadOnly,
  WorkspaceSuspended,
} from '#platform/access/index.js';
import { Endpoint, Input, NotFound, ValidationFailed, Who } from '#platform/http/index.js';
import { requirePerson } from '../accounts/person.js';
import { ReauthenticationRequired } from '../accounts/reauthentications/reauthentications.errors.js';
import { type HandOver, handedOver, handOver, membershipPath, type MembershipPath } from './own-memberships.schemas.js';
import { OwnMembershipsService } from './own-memberships.service.js';

/** The caller's own part in workspaces. */
@Controller('me/memberships/:membershipId')
export class OwnMembershipsController {
  constructor(private readonly service: OwnMembershipsService) {}

  @Delete()
  @Endpoint({
    permission: 'self',
    summary: 'Leave a workspace',
    description:
      'Possible while the workspace is closed to you, too. Your API keys there stop working, and your subscriptions are ' +
      'paused: coming back does not resume them. The last owner hands the workspace over first.',
    params: membershipPath,
    status: 204,
    errors: [NotFound, LastOwner],
  })
  leave(@Who() who: Actor, @Input.params() { membershipId }: MembershipPath) {
    return this.service.leave(requirePerson(who), membershipId);
  }

  @Post('ownership-transfer')
  @Endpoint({
    permission: 'self',
    summary: 'Hand a workspace over to another member',
    description: 'They become an owner, and you an admin. Both of you are told by mail.',
    params: membershipPath,
    status: 200,
    body: handOver,
    response: handedOver,
    errors: [
      NotFound,
      NotOwner,
      CannotOwn,
      ValidationFailed,
      ReauthenticationRequired,
      MemberSuspended,
      WorkspaceSuspended,
      WorkspaceReadOnly,
    ],
  })
  handOver(@Who() who: Actor, @Input.params() { membershipId }: MembershipPath, @Input.body() { userId }: HandOver) {
    return this.service.handOver(requirePerson(who), membershipId, userId);
  }
}
