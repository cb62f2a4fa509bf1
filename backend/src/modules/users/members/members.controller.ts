import { Controller, Delete, Get, Patch } from '@nestjs/common';
import { LastOwner, type Member } from '#platform/access/index.js';
import { Endpoint, Input, listQuery, type ListQuery, Who } from '#platform/http/index.js';
import { requirePerson } from '../accounts/person.js';
import { workspacePath } from '../workspaces/workspaces.schemas.js';
import { OwnersOnly } from './members.errors.js';
import { member, type MemberPath, memberPath, members, type RoleChange, roleChange } from './members.schemas.js';
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
    query: listQuery({ sort: ['joinedAt', 'name'], defaultSort: 'joinedAt' }),
    response: members,
  })
  list(@Who() who: Member, @Input.query() query: ListQuery) {
    return this.service.list(who, query);
  }

  @Patch(':userId')
  @Endpoint({
    permission: 'members:write',
    summary: 'Give a member another role',
    params: memberPath,
    body: roleChange,
    response: member,
    errors: [OwnersOnly, LastOwner],
  })
  changeRole(@Who() who: Member, @Input.params() { userId }: MemberPath, @Input.body() { role }: RoleChange) {
    return this.service.changeRole(requirePerson(who), userId, role);
  }

  @Delete(':userId')
  @Endpoint({
    permission: 'members:write',
    summary: 'Remove a member',
    params: memberPath,
    status: 204,
    errors: [OwnersOnly, LastOwner],
  })
  remove(@Who() who: Member, @Input.params() { userId }: MemberPath) {
    return this.service.remove(requirePerson(who), userId);
  }
}
