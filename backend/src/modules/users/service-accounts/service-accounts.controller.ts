import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { Endpoint, IfMatch, Input, listQuery, type ListQuery, PreconditionFailed, Who } from '#platform/http/index.js';
import { requirePerson } from '../accounts/person.js';
import { BeyondOwnPermissions } from '../members/members.errors.js';
import { NoSuchRole } from '../roles/roles.errors.js';
import { workspacePath } from '../workspaces/workspaces.schemas.js';
import { NoSuchServiceAccount, ServiceAccountNameTaken, TooManyServiceAccounts } from './service-accounts.errors.js';
import { ServiceAccountQueries } from './service-accounts.queries.js';
import {
  type NewServiceAccount,
  newServiceAccount,
  serviceAccount,
  type ServiceAccountEdit,
  serviceAccountEdit,
  type ServiceAccountPath,
  serviceAccountPath,
  serviceAccounts,
} from './service-accounts.schemas.js';
import { ServiceAccountsService } from './service-accounts.service.js';

/** The members of a workspace that are no people. */
@Controller('workspaces/:workspaceId/service-accounts')
export class ServiceAccountsController {
  constructor(
    private readonly service: ServiceAccountsService,
    private readonly queries: ServiceAccountQueries,
  ) {}

  @Get()
  @Endpoint({
    permission: 'service_accounts:read',
    summary: 'The service accounts of a workspace',
    params: workspacePath,
    query: listQuery({ sort: ['name', 'createdAt'], defaultSort: 'name', filter: true }),
    response: serviceAccounts,
    errors: [FilterRefused],
  })
  list(@Who() who: Member, @Input.query() query: ListQuery) {
    return this.queries.list(who, query);
  }

  @Get(':serviceAccountId')
  @Endpoint({
    permission: 'service_accounts:read',
    summary: 'One service account',
    params: serviceAccountPath,
    response: serviceAccount,
    errors: [NoSuchServiceAccount],
    etag: true,
  })
  one(@Who() who: Member, @Input.params() { serviceAccountId }: ServiceAccountPath) {
    return this.queries.one(who, serviceAccountId);
  }

  @Post()
  @Endpoint({
    permission: 'service_accounts:write',
    summary: 'Make a service account',
    description:
      'Programs act as it by API keys of its own, which are made with "serviceAccountId" at POST …/api-keys. Its role may ' +
      'hold nothing that you do not hold yourself. It stays when you leave.',
    params: workspacePath,
    body: newServiceAccount,
    bodyExample: { name: 'Importer', description: 'Brings deals in from the warehouse.', role: 'member' },
    response: serviceAccount,
    errors: [NoSuchRole, BeyondOwnPermissions, ServiceAccountNameTaken, TooManyServiceAccounts],
  })
  create(@Who() who: Member, @Input.body() body: NewServiceAccount) {
    return this.service.create(requirePerson(who), body);
  }

  @Patch(':serviceAccountId')
  @Endpoint({
    permission: 'service_accounts:write',
    summary: 'Change a service account',
    description: 'What its role does not include any more, its keys cannot do within a second.',
    params: serviceAccountPath,
    body: serviceAccountEdit,
    bodyExample: { description: 'Brings deals in from the warehouse.', role: 'viewer' },
    response: serviceAccount,
    errors: [NoSuchServiceAccount, NoSuchRole, BeyondOwnPermissions, ServiceAccountNameTaken, PreconditionFailed],
    etag: true,
  })
  change(
    @Who() who: Member,
    @Input.params() { serviceAccountId }: ServiceAccountPath,
    @Input.body() body: ServiceAccountEdit,
    @IfMatch() ifMatch?: string,
  ) {
    return this.service.change(requirePerson(who), serviceAccountId, body, ifMatch);
  }

  @Delete(':serviceAccountId')
  @Endpoint({
    permission: 'service_accounts:write',
    summary: 'Remove a service account',
    description: 'Its keys stop working within a second, and its memberships of projects end.',
    params: serviceAccountPath,
    status: 204,
    errors: [NoSuchServiceAccount, BeyondOwnPermissions],
  })
  remove(@Who() who: Member, @Input.params() { serviceAccountId }: ServiceAccountPath) {
    return this.service.remove(requirePerson(who), serviceAccountId);
  }

  @Post(':serviceAccountId/suspension')
  @Endpoint({
    permission: 'service_accounts:write',
    summary: 'Suspend a service account',
    description: 'The workspace is closed to its keys within a second: they get 403 "member_suspended". They stay.',
    params: serviceAccountPath,
    status: 200,
    response: serviceAccount,
    errors: [NoSuchServiceAccount, BeyondOwnPermissions],
  })
  suspend(@Who() who: Member, @Input.params() { serviceAccountId }: ServiceAccountPath) {
    return this.service.suspend(requirePerson(who), serviceAccountId, true);
  }

  @Delete(':serviceAccountId/suspension')
  @Endpoint({
    permission: 'service_accounts:write',
    summary: 'Let a suspended service account in again',
    params: serviceAccountPath,
    response: serviceAccount,
    errors: [NoSuchServiceAccount, BeyondOwnPermissions],
  })
  resume(@Who() who: Member, @Input.params() { serviceAccountId }: ServiceAccountPath) {
    return this.service.suspend(requirePerson(who), serviceAccountId, false);
  }
}
