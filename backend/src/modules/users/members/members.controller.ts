import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { LastOwner, type Member } from '#platform/access/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { Endpoint, Input, listQuery, type ListQuery, Who } from '#platform/http/index.js';
import { requirePerson } from '../accounts/person.js';
import { workspacePath } from '../workspaces/workspaces.schemas.js';
import { BeyondOwnPermissions, OwnersOnly, OwnMembership } from './members.errors.js';
import { member, type MemberPath, memberPath, members, type RoleChange, roleChange } from './members.schemas.js';
import { NoSuchRole } from '../roles/roles.errors.js';
import { MembersService } from './members.service.js';

/** The people of a workspace. */
@Controller('workspaces/:workspaceId/members')
export class MembersController {
  constructor(private readonly service: MembersService) {}

  @Get()
  @Endpoint({
    permission: 'members:read',
    summary: 'The members of a workspace',
    params: workspacePath,
    query: listQuery({ sort: ['joinedAt', 'name'], defaultSort: 'joinedAt', filter: true }),
    response: members,
    errors: [FilterRefused],
  })
  list(@Who() who: Member, @Input.query() query: ListQuery) {
    return this.service.list(who, query);
  }

  @Patch(':userId')
  @Endpoint({
    permission: 'members:write',
    summary: 'Give a member another role',
    params: memberPath,
    description: 'One that every workspace has ("role"), or one that the workspace made itself ("roleId").',
    body: roleChange,
    bodyExample: { role: 'viewer' },
    response: member,
    errors: [OwnersOnly, BeyondOwnPermissions, NoSuchRole, LastOwner],
  })
  changeRole(@Who() who: Member, @Input.params() { userId }: MemberPath, @Input.body() choice: RoleChange) {
    return this.service.changeRole(requirePerson(who), userId, choice);
  }

  @Delete(':userId')
  @Endpoint({
    permission: 'members:write',
    summary: 'Remove a member',
    params: memberPath,
    status: 204,
    errors: [OwnersOnly, BeyondOwnPermissions, LastOwner],
  })
  remove(@Who() who: Member, @Input.params() { userId }: MemberPath) {
    return this.service.remove(requirePerson(who), userId);
  }

  @Post(':userId/suspension')
  @Endpoint({
    permission: 'members:write',
    summary: 'Suspend a member',
    description:
      'The workspace is closed to them and to their API keys within a second, and their alerts stop: every route answers ' +
      '403 "member_suspended". Their role, keys and subscriptions stay as they are; invitations that they sent end.',
    params: memberPath,
    status: 200,
    response: member,
    errors: [OwnersOnly, BeyondOwnPermissions, LastOwner, OwnMembership],
  })
  suspend(@Who() who: Member, @Input.params() { userId }: MemberPath) {
    return this.service.suspend(requirePerson(who), userId, true);
  }

  @Delete(':userId/suspension')
  @Endpoint({
    permission: 'members:write',
    summary: 'Let a suspended member in again',
    params: memberPath,
    response: member,
    errors: [OwnersOnly, BeyondOwnPermissions, OwnMembership],
  })
  resume(@Who() who: Member, @Input.params() { userId }: MemberPath) {
    return this.service.suspend(requirePerson(who), userId, false);
  }
}
