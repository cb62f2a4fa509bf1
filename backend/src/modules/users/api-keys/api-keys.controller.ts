import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { Endpoint, IfMatch, Input, PreconditionFailed, Who } from '#platform/http/index.js';
import { requirePerson } from '../accounts/person.js';
import { workspacePath } from '../workspaces/workspaces.schemas.js';
import { BeyondOwnPermissions } from '../members/members.errors.js';
import { NoSuchServiceAccount } from '../service-accounts/service-accounts.errors.js';
import { KeyExpired, NoSuchApiKey, NotYourKey } from './api-keys.errors.js';
import { ApiKeyQueries } from './api-keys.queries.js';
import {
  apiKey,
  apiKeys,
  type KeyEdit,
  keyEdit,
  type KeyPath,
  keyPath,
  type KeyQuery,
  keyQuery,
  madeKey,
  newKey,
  type NewKeyWanted,
  type NewRotation,
  newRotation,
} from './api-keys.schemas.js';
import { ApiKeysService } from './api-keys.service.js';

/** The API keys of a workspace. */
@Controller('workspaces/:workspaceId/api-keys')
export class ApiKeysController {
  constructor(
    private readonly service: ApiKeysService,
    private readonly queries: ApiKeyQueries,
  ) {}

  @Get()
  @Endpoint({
    permission: 'api_keys:read',
    summary: 'The API keys of a workspace',
    params: workspacePath,
    query: keyQuery,
    response: apiKeys,
    errors: [FilterRefused],
  })
  list(@Who() who: Member, @Input.query() query: KeyQuery) {
    return this.queries.list(who, query);
  }

  @Get(':keyId')
  @Endpoint({
    permission: 'api_keys:read',
    summary: 'One API key',
    params: keyPath,
    response: apiKey,
    errors: [NoSuchApiKey],
    etag: true,
  })
  one(@Who() who: Member, @Input.params() { keyId }: KeyPath) {
    return this.queries.one(who, keyId);
  }

  @Post()
  @Endpoint({
    permission: 'api_keys:write',
    summary: 'Make an API key',
    description:
      'The answer holds the key; it is not shown again. It belongs to you, or with "serviceAccountId" to a service account.',
    params: workspacePath,
    body: newKey,
    bodyExample: {
      name: 'Importer',
      scopes: ['deals:read'],
      expiresAt: null,
      allowedAddresses: ['192.0.2.0/24', '2001:db8::7'],
    },
    response: madeKey,
    errors: [NoSuchServiceAccount, BeyondOwnPermissions],
    oneTimeSecret: true,
  })
  create(@Who() who: Member, @Input.body() body: NewKeyWanted) {
    return this.service.create(requirePerson(who), body);
  }

  @Patch(':keyId')
  @Endpoint({
    permission: 'api_keys:write',
    summary: 'Rename an API key, or change where it may be used from',
    description:
      'Whoever uses it from elsewhere is refused within a second. Its scopes stay: make another key instead.',
    params: keyPath,
    body: keyEdit,
    bodyExample: { allowedAddresses: ['192.0.2.0/24'] },
    response: apiKey,
    errors: [NoSuchApiKey, BeyondOwnPermissions, PreconditionFailed],
    etag: true,
  })
  change(
    @Who() who: Member,
    @Input.params() { keyId }: KeyPath,
    @Input.body() body: KeyEdit,
    @IfMatch() ifMatch?: string,
  ) {
    return this.service.change(requirePerson(who), keyId, body, ifMatch);
  }

  @Post(':keyId/rotation')
  @Endpoint({
    permission: 'api_keys:write',
    summary: 'Give an API key a new secret',
    description:
      'The answer holds it; it is not shown again. The earlier one works for the overlap that you choose, and "previous" ' +
      'shows whether it is still used. Another rotation meanwhile ends the earliest at once. A person’s key is rotated by ' +
      'that person only.',
    params: keyPath,
    body: newRotation,
    bodyExample: { overlapSeconds: 86_400 },
    response: madeKey,
    errors: [NoSuchApiKey, NotYourKey, BeyondOwnPermissions, KeyExpired],
    oneTimeSecret: true,
  })
  rotate(@Who() who: Member, @Input.params() { keyId }: KeyPath, @Input.body() body: NewRotation) {
    return this.service.rotate(requirePerson(who), keyId, body);
  }

  @Delete(':keyId')
  @Endpoint({
    permission: 'api_keys:write',
    summary: 'Revoke an API key',
    params: keyPath,
    status: 204,
    errors: [NoSuchApiKey],
  })
  revoke(@Who() who: Member, @Input.params() { keyId }: KeyPath) {
    return this.service.revoke(requirePerson(who), keyId);
  }
}
