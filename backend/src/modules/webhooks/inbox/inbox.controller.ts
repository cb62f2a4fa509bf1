import { Controller, Delete, Get, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Member } from '#platform/access/index.js';
import { Endpoint, Input, listQuery, type ListQuery, TooManyRequests, Who } from '#platform/http/index.js';
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

/** Where debugging inboxes are posted to. */
@Controller('webhook-inboxes')
export class WebhookInboxPostController {
  constructor(private readonly service: InboxService) {}

  @Post(':inboxToken')
  @Endpoint({
    permission: 'public',
    summary: 'Post to a debugging inbox',
    description: 'JSON up to 64 kB. The address itself is the permission.',
    params: inboxTokenPath,
    body: z.unknown(),
    bodyExample: { hello: 'world' },
    rawBody: true,
    bodyLimit: 64 * 1024,
    status: 200,
    idempotent: false,
    response: taken,
    errors: [NoSuchInbox, TooManyRequests],
  })
  take(@Req() { body, headers }: FastifyRequest, @Input.params() { inboxToken }: InboxTokenPath) {
    const text = Buffer.isBuffer(body) ? body.toString('utf8') : body === undefined ? '' : JSON.stringify(body);
    return this.service.take(inboxToken, headers, text);
  }
}
