import { Controller, Delete, Get, Post } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { Endpoint, Input, listQuery, type ListQuery, Who } from '#platform/http/index.js';
import { requirePerson } from '../accounts/person.js';
import { workspacePath } from '../workspaces/workspaces.schemas.js';
import { apiKeys, type KeyPath, keyPath, madeKey, newKey, type NewKeyWanted } from './api-keys.schemas.js';
import { ApiKeysService } from './api-keys.service.js';

/** The API keys of a workspace. */
@Controller('workspaces/:workspaceId/api-keys')
export class ApiKeysController {
  constructor(private readonly service: ApiKeysService) {}

  @Get()
  @Endpoint({
    permission: 'api_keys:read',
    summary: 'The API keys of a workspace',
    params: workspacePath,
    query: listQuery({ sort: ['createdAt', 'name'], defaultSort: '-createdAt' }),
    response: apiKeys,
  })
  list(@Who() who: Member, @Input.query() query: ListQuery) {
    return this.service.list(who, query);
  }

  @Post()
  @Endpoint({
    permission: 'api_keys:write',
    summary: 'Make an API key',
    description: 'The answer holds the key; it is not shown again.',
    params: workspacePath,
    body: newKey,
    response: madeKey,
    oneTimeSecret: true,
  })
  create(@Who() who: Member, @Input.body() body: NewKeyWanted) {
    return this.service.create(requirePerson(who), body);
  }

  @Delete(':keyId')
  @Endpoint({ permission: 'api_keys:write', summary: 'Revoke an API key', params: keyPath, status: 204 })
  revoke(@Who() who: Member, @Input.params() { keyId }: KeyPath) {
    return this.service.revoke(requirePerson(who), keyId);
  }
}
