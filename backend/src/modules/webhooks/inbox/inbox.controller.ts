import { Controller, Delete, Get, Patch, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Member } from '#platform/access/index.js';
import {
  Endpoint,
  type EndpointOptions,
  Input,
  listQuery,
  type ListQuery,
  TooManyRequests,
  Who,
} from '#platform/http/index.js';
import { workspacePath } from '../endpoints/endpoints.schemas.js';
import { NoSuchInbox, TooManyInboxes } from './inbox.errors.js';
import {
  inbox,
  inboxes,
  type InboxPath,
  inboxPath,
  inboxRequests,
  type InboxTokenPath,
  inboxTokenPath,
  newInbox,
  type NewInbox,
  taken,
} from './inbox.schemas.js';
import { InboxService } from './inbox.service.js';

/** Addresses that show what they receive, to look at what somebody sends. */
@Controller('workspaces/:workspaceId/webhook-inboxes')
export class WebhookInboxController {
  constructor(private readonly service: InboxService) {}

  @Get()
  @Endpoint({ permission: 'webhooks:read', summary: 'Debugging inboxes', params: workspacePath, response: inboxes })
  list(@Who() who: Member) {
    return this.service.list(who);
  }

  @Post()
  @Endpoint({
    permission: 'webhooks:write',
    summary: 'Open a debugging inbox',
    description: 'Whoever knows its address can post to it; only the workspace sees what came. It closes by itself.',
    params: workspacePath,
    body: newInbox,
    bodyExample: { name: 'What does the shop send?', hours: 24 },
    response: inbox,
    errors: [TooManyInboxes],
  })
  open(@Who() who: Member, @Input.body() body: NewInbox) {
    return this.service.open(who, body);
  }

  @Get(':inboxId')
  @Endpoint({
    permission: 'webhooks:read',
    summary: 'One debugging inbox',
    params: inboxPath,
    response: inbox,
    errors: [NoSuchInbox],
  })
  one(@Who() who: Member, @Input.params() { inboxId }: InboxPath) {
    return this.service.one(who, inboxId);
  }

  @Delete(':inboxId')
  @Endpoint({
    permission: 'webhooks:write',
    summary: 'Close a debugging inbox and forget what it received',
    params: inboxPath,
    status: 204,
    errors: [NoSuchInbox],
  })
  close(@Who() who: Member, @Input.params() { inboxId }: InboxPath) {
    return this.service.close(who, inboxId);
  }

  @Get(':inboxId/requests')
  @Endpoint({
    permission: 'webhooks:read',
    summary: 'What a debugging inbox received',
    description: 'The newest 100. Headers that identify the sender to somebody are masked.',
    params: inboxPath,
    query: listQuery({ sort: ['receivedAt'], defaultSort: '-receivedAt' }),
    response: inboxRequests,
    errors: [NoSuchInbox],
  })
  requests(@Who() who: Member, @Input.params() { inboxId }: InboxPath, @Input.query() query: ListQuery) {
    return this.service.requests(who, inboxId, query);
  }
}

/** What every way to send to a debugging inbox has in common. */
const DOOR = {
  permission: 'public',
  summary: 'Send something to a debugging inbox',
  description: 'Any method, and any body up to 64 kB. The address itself is the permission.',
  params: inboxTokenPath,
  status: 200,
  idempotent: false,
  rateClass: 'none',
  response: taken,
  errors: [NoSuchInbox, TooManyRequests],
} satisfies EndpointOptions;
const DOOR_WITH_BODY = {
  ...DOOR,
  body: z.unknown(),
  bodyExample: { hello: 'world' },
  rawBody: 'any',
  bodyLimit: 64 * 1024,
} satisfies EndpointOptions;

/** Where debugging inboxes are sent to. */
@Controller('webhook-inboxes')
export class WebhookInboxPostController {
  constructor(private readonly service: InboxService) {}

  @Post(':inboxToken')
  @Endpoint(DOOR_WITH_BODY)
  take(@Req() request: FastifyRequest, @Input.params() { inboxToken }: InboxTokenPath) {
    return this.keep(request, inboxToken);
  }

  @Put(':inboxToken')
  @Endpoint(DOOR_WITH_BODY)
  takePut(@Req() request: FastifyRequest, @Input.params() { inboxToken }: InboxTokenPath) {
    return this.keep(request, inboxToken);
  }

  @Patch(':inboxToken')
  @Endpoint(DOOR_WITH_BODY)
  takePatch(@Req() request: FastifyRequest, @Input.params() { inboxToken }: InboxTokenPath) {
    return this.keep(request, inboxToken);
  }

  @Delete(':inboxToken')
  @Endpoint(DOOR_WITH_BODY)
  takeDelete(@Req() request: FastifyRequest, @Input.params() { inboxToken }: InboxTokenPath) {
    return this.keep(request, inboxToken);
  }

  @Get(':inboxToken')
  @Endpoint({ ...DOOR, getOnly: true })
  takeGet(@Req() request: FastifyRequest, @Input.params() { inboxToken }: InboxTokenPath) {
    return this.keep(request, inboxToken);
  }

  private keep({ body, headers, ip, method }: FastifyRequest, token: string) {
    return this.service.take({ token, ip, method }, headers, Buffer.isBuffer(body) ? body : Buffer.alloc(0));
  }
}
