import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { Endpoint, IfMatch, Input, listQuery, type ListQuery, PreconditionFailed, Who } from '#platform/http/index.js';
import { requirePerson } from '../accounts/person.js';
import { BeyondOwnPermissions } from '../members/members.errors.js';
import { workspacePath } from '../workspaces/workspaces.schemas.js';
import { NoSuchRole, RoleInUse, RoleNameTaken, TooManyRoles } from './roles.errors.js';
import {
  type NewRole,
  newRole,
  type RoleEdit,
  roleEdit,
  type RolePath,
  rolePath,
  workspaceRole,
  workspaceRoles,
} from './roles.schemas.js';
import { RolesService } from './roles.service.js';

const EXAMPLE = {
  name: 'Curator',
  description: 'Looks after deals and sources.',
  permissions: ['workspace:read', 'deals:read', 'deals:write', 'sources:read'],
};

/** The roles that a workspace makes itself. */
@Controller('workspaces/:workspaceId/roles')
export class RolesController {
  constructor(private readonly service: RolesService) {}

  @Get()
  @Endpoint({
    permission: 'members:read',
    summary: 'The roles that a workspace made itself',
    params: workspacePath,
    query: listQuery({ sort: ['name', 'createdAt'], defaultSort: 'name' }),
    response: workspaceRoles,
  })
  list(@Who() who: Member, @Input.query() query: ListQuery) {
    return this.service.list(who, query);
  }

  @Get(':roleId')
  @Endpoint({
    permission: 'members:read',
    summary: 'One role of a workspace',
    params: rolePath,
    response: workspaceRole,
    errors: [NoSuchRole],
    etag: true,
  })
  one(@Who() who: Member, @Input.params() { roleId }: RolePath) {
    return this.service.one(who, roleId);
  }

  @Post()
  @Endpoint({
    permission: 'members:write',
    summary: 'Make a role',
    description:
      'It is made of permissions, all of which you hold yourself. Give it to members and invitations by its id.',
    params: workspacePath,
    body: newRole,
    bodyExample: EXAMPLE,
    response: workspaceRole,
    errors: [BeyondOwnPermissions, RoleNameTaken, TooManyRoles],
  })
  create(@Who() who: Member, @Input.body() body: NewRole) {
    return this.service.create(requirePerson(who), body);
  }

  @Patch(':roleId')
  @Endpoint({
    permission: 'members:write',
    summary: 'Change a role',
    description: 'Everybody who has it may do what it says within a second, and their API keys no more than that.',
    params: rolePath,
    body: roleEdit,
    bodyExample: EXAMPLE,
    response: workspaceRole,
    errors: [NoSuchRole, BeyondOwnPermissions, RoleNameTaken, PreconditionFailed],
    etag: true,
  })
  change(
    @Who() who: Member,
    @Input.params() { roleId }: RolePath,
    @Input.body() body: RoleEdit,
    @IfMatch() ifMatch?: string,
  ) {
    return this.service.change(requirePerson(who), roleId, body, ifMatch);
  }

  @Delete(':roleId')
  @Endpoint({
    permission: 'members:write',
    summary: 'Remove a role that nobody has',
    params: rolePath,
    status: 204,
    errors: [NoSuchRole, BeyondOwnPermissions, RoleInUse, PreconditionFailed],
  })
  remove(@Who() who: Member, @Input.params() { roleId }: RolePath, @IfMatch() ifMatch?: string) {
    return this.service.remove(requirePerson(who), roleId, ifMatch);
  }
}
