import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventSight } from '#platform/filters/index.js';

/** Says which permission the events of members, invitations, roles, keys and the workspace need. */
@Injectable()
export class UsersSight implements OnModuleInit {
  constructor(private readonly sight: EventSight) {}

  onModuleInit(): void {
    this.sight.place('members:read', [
      'member.added',
      'member.role_changed',
      'member.removed',
      'member.suspended',
      'member.resumed',
      'invitation.created',
      'invitation.accepted',
      'invitation.revoked',
      'role.created',
      'role.updated',
      'role.deleted',
    ]);
    this.sight.place('workspace:read', [
      'workspace.created',
      'workspace.updated',
      'workspace.handed_over',
      'workspace.suspended',
      'workspace.resumed',
      'workspace.second_factor_policy_changed',
    ]);
    this.sight.place('api_keys:read', ['api_key.created', 'api_key.updated', 'api_key.rotated', 'api_key.revoked']);
    this.sight.place('service_accounts:read', [
      'service_account.created',
      'service_account.updated',
      'service_account.suspended',
      'service_account.resumed',
      'service_account.deleted',
    ]);
  }
}
