import { Controller, Get, Patch, Post } from '@nestjs/common';
import type { Actor, Member } from '#platform/access/index.js';
import { Endpoint, IfMatch, Input, listQuery, type ListQuery, PreconditionFailed, Who } from '#platform/http/index.js';
import { requirePerson } from '../accounts/person.js';
import {
  type NewWorkspace,
  newWorkspace,
  type WorkspaceChange,
  workspace,
  workspaceChange,
  workspacePath,
  workspaces,
} from './workspaces.schemas.js';
import { WorkspacesService } from './workspaces.service.js';

/** Workspaces of the caller. */
@Controller('workspaces')
export class WorkspacesController {
  constructor(private readonly service: WorkspacesService) {}

  @Post()
  @Endpoint({ permission: 'self', summary: 'Open a workspace', body: newWorkspace, response: workspace })
  create(@Who() who: Actor, @Input.body() body: NewWorkspace) {
    return this.service.create(requirePerson(who), body);
  }

  @Get()
  @Endpoint({
    permission: 'self',
    summary: 'The workspaces you belong to',
    query: listQuery({ sort: ['createdAt', 'name'], defaultSort: 'createdAt' }),
    response: workspaces,
  })
  mine(@Who() who: Actor, @Input.query() query: ListQuery) {
    return this.service.mine(who, query);
  }

  @Get(':workspaceId')
  @Endpoint({
    permission: 'workspace:read',
    summary: 'One workspace',
    params: workspacePath,
    response: workspace,
    etag: true,
  })
  one(@Who() who: Member) {
    return this.service.one(who);
  }

  @Patch(':workspaceId')
  @Endpoint({
    permission: 'workspace:write',
    summary: 'Rename a workspace',
    params: workspacePath,
    body: workspaceChange,
    response: workspace,
    errors: [PreconditionFailed],
    etag: true,
  })
  change(@Who() who: Member, @Input.body() body: WorkspaceChange, @IfMatch() ifMatch?: string) {
    return this.service.change(who, body, ifMatch);
  }
}
