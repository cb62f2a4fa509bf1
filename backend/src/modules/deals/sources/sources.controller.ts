import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { Endpoint, IfMatch, Input, PreconditionFailed, Who } from '#platform/http/index.js';
import { SourceNotFound, WrongSourceKind } from './sources.errors.js';
import {
  newSource,
  sourceChanges,
  sourceList,
  sourcePage,
  sourceParams,
  sourceSchema,
  sourceTest,
  workspaceParams,
  type NewSource,
  type SourceChanges,
  type SourceList,
  type SourceParams,
} from './sources.schemas.js';
import { SourcesService } from './sources.service.js';

const errors = [SourceNotFound, PreconditionFailed];
const one = { params: sourceParams, response: sourceSchema, etag: true };

@Controller('workspaces/:workspaceId/sources')
export class SourcesController {
  constructor(private readonly sources: SourcesService) {}

  @Get()
  @Endpoint({
    permission: 'sources:read',
    summary: 'List sources',
    params: workspaceParams,
    query: sourceList,
    response: sourcePage,
    errors: [FilterRefused],
  })
  list(@Who() who: Member, @Input.query() query: SourceList) {
    return this.sources.list(who, query);
  }

  @Post()
  @Endpoint({
    permission: 'sources:write',
    summary: 'Add a source',
    status: 201,
    params: workspaceParams,
    body: newSource,
    response: sourceSchema,
    etag: true,
  })
  create(@Who() who: Member, @Input.body() body: NewSource) {
    return this.sources.create(who, body);
  }

  @Get(':sourceId')
  @Endpoint({ permission: 'sources:read', summary: 'One source and how it fares', ...one, errors: [SourceNotFound] })
  one(@Who() who: Member, @Input.params() { sourceId }: SourceParams) {
    return this.sources.one(who, sourceId);
  }

  @Patch(':sourceId')
  @Endpoint({
    permission: 'sources:write',
    summary: 'Change a source',
    body: sourceChanges,
    ...one,
    errors: [...errors, WrongSourceKind],
  })
  change(
    @Who() who: Member,
    @Input.params() { sourceId }: SourceParams,
    @Input.body() body: SourceChanges,
    @IfMatch() ifMatch?: string,
  ) {
    return this.sources.change(who, sourceId, body, ifMatch);
  }

  @Delete(':sourceId')
  @Endpoint({
    permission: 'sources:write',
    summary: 'Remove a source; its messages and deals stay',
    status: 204,
    params: sourceParams,
    errors,
  })
  remove(@Who() who: Member, @Input.params() { sourceId }: SourceParams, @IfMatch() ifMatch?: string) {
    return this.sources.remove(who, sourceId, ifMatch);
  }

  @Post(':sourceId/test')
  @Endpoint({
    permission: 'sources:write',
    summary: 'Try a source out without taking anything in',
    status: 200,
    params: sourceParams,
    response: sourceTest,
    errors: [SourceNotFound],
    idempotent: false,
  })
  test(@Who() who: Member, @Input.params() { sourceId }: SourceParams) {
    return this.sources.test(who, sourceId);
  }

  @Post(':sourceId/pause')
  @Endpoint({ permission: 'sources:write', summary: 'Pause a source', status: 200, ...one, errors })
  pause(@Who() who: Member, @Input.params() { sourceId }: SourceParams, @IfMatch() ifMatch?: string) {
    return this.sources.setPaused(who, sourceId, true, ifMatch);
  }

  @Delete(':sourceId/pause')
  @Endpoint({ permission: 'sources:write', summary: 'Resume a source', status: 200, ...one, errors })
  resume(@Who() who: Member, @Input.params() { sourceId }: SourceParams, @IfMatch() ifMatch?: string) {
    return this.sources.setPaused(who, sourceId, false, ifMatch);
  }

  @Post(':sourceId/address')
  @Endpoint({
    permission: 'sources:write',
    summary: 'Give a source another secret address',
    status: 200,
    ...one,
    errors: [...errors, WrongSourceKind],
  })
  changeAddress(@Who() who: Member, @Input.params() { sourceId }: SourceParams, @IfMatch() ifMatch?: string) {
    return this.sources.changeAddress(who, sourceId, ifMatch);
  }
}
