import { Controller, Delete, Get, Patch, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Member } from '#platform/access/index.js';
import { UnsupportedMediaType } from '#platform/errors/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import {
  Endpoint,
  Input,
  listQuery,
  type ListQuery,
  parseForm,
  parseJson,
  TooManyRequests,
  Who,
} from '#platform/http/index.js';
import { workspacePath } from '../endpoints/endpoints.schemas.js';
import { IncomingRefused, NoSuchIncomingWebhook, TooManyIncomingWebhooks } from './incoming.errors.js';
import {
  heard,
  incoming,
  type IncomingChange,
  incomingChange,
  type IncomingPath,
  incomingPath,
  incomingRotation,
  type IncomingRotation,
  incomings,
  type IncomingTokenPath,
  incomingTokenPath,
  madeIncoming,
  newIncoming,
  type NewIncoming,
} from './incoming.schemas.js';
import { IncomingService } from './incoming.service.js';

/** Addresses for webhooks that come in. */
@Controller('workspaces/:workspaceId/incoming-webhooks')
export class IncomingController {
  constructor(private readonly service: IncomingService) {}

  @Get()
  @Endpoint({
    permission: 'webhooks:read',
    summary: 'Incoming webhooks',
    description: 'Such as `filter=scheme:github refused>0`.',
    params: workspacePath,
    query: listQuery({ sort: ['createdAt'], defaultSort: '-createdAt', filter: true }),
    response: incomings,
    errors: [FilterRefused],
  })
  list(@Who() who: Member, @Input.query() query: ListQuery) {
    return this.service.list(who, query);
  }

  @Post()
  @Endpoint({
    permission: 'webhooks:write',
    summary: 'Make an address for incoming webhooks',
    description:
      'What is posted there and signed with the secret becomes the event incoming.received. The secret is shown once.',
    params: workspacePath,
    body: newIncoming,
    bodyExample: { name: 'Our repository', scheme: 'github' },
    response: madeIncoming,
    errors: [TooManyIncomingWebhooks],
    oneTimeSecret: true,
  })
  create(@Who() who: Member, @Input.body() body: NewIncoming) {
    return this.service.create(who, body);
  }

  @Get(':incomingId')
  @Endpoint({
    permission: 'webhooks:read',
    summary: 'One incoming webhook',
    params: incomingPath,
    response: incoming,
    errors: [NoSuchIncomingWebhook],
  })
  one(@Who() who: Member, @Input.params() { incomingId }: IncomingPath) {
    return this.service.one(who, incomingId);
  }

  @Patch(':incomingId')
  @Endpoint({
    permission: 'webhooks:write',
    summary: 'Rename an incoming webhook, switch it off or on',
    params: incomingPath,
    body: incomingChange,
    bodyExample: { enabled: false },
    response: incoming,
    errors: [NoSuchIncomingWebhook],
  })
  change(@Who() who: Member, @Input.params() { incomingId }: IncomingPath, @Input.body() body: IncomingChange) {
    return this.service.change(who, incomingId, body);
  }

  @Post(':incomingId/secret-rotations')
  @Endpoint({
    permission: 'webhooks:write',
    summary: 'Give an incoming webhook a new secret',
    description:
      'The answer holds it; it is not shown again. The earlier one is taken too for the overlap that you choose.',
    params: incomingPath,
    body: incomingRotation,
    bodyExample: { overlapSeconds: 86_400 },
    response: madeIncoming,
    errors: [NoSuchIncomingWebhook],
    oneTimeSecret: true,
  })
  rotate(@Who() who: Member, @Input.params() { incomingId }: IncomingPath, @Input.body() body: IncomingRotation) {
    return this.service.rotate(who, incomingId, body);
  }

  @Delete(':incomingId')
  @Endpoint({
    permission: 'webhooks:write',
    summary: 'Remove an incoming webhook',
    params: incomingPath,
    status: 204,
    errors: [NoSuchIncomingWebhook],
  })
  remove(@Who() who: Member, @Input.params() { incomingId }: IncomingPath) {
    return this.service.remove(who, incomingId);
  }
}

/** Where webhooks come in. */
@Controller('incoming-webhooks')
export class IncomingPostController {
  constructor(private readonly service: IncomingService) {}

  @Post(':incomingToken')
  @Endpoint({
    permission: 'public',
    summary: 'Send a webhook in',
    description:
      'Signed, at most 128 kB of JSON, or a form with JSON in its field `payload`; taken once by its id. A wrong signature is refused and counted. So many ' +
      'a minute for each address of ours, whoever sends (SIGNALBOX_WEBHOOK_INCOMING_PER_MINUTE).',
    params: incomingTokenPath,
    body: z.unknown(),
    bodyExample: { action: 'opened', number: 7 },
    rawBody: true,
    bodyLimit: 128 * 1024,
    status: 200,
    idempotent: false,
    rateClass: 'none',
    response: heard,
    errors: [NoSuchIncomingWebhook, IncomingRefused, UnsupportedMediaType, TooManyRequests],
  })
  hear(@Req() { body, headers, ip }: FastifyRequest, @Input.params() { incomingToken }: IncomingTokenPath) {
    const raw = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    const form = headers['content-type']?.toLowerCase().startsWith('application/x-www-form-urlencoded');
    return this.service.hear({ token: incomingToken, ip }, headers, raw, form ? parsePayload : parseJson);
  }
}

/** What GitHub sends unless told otherwise. */
function parsePayload(raw: Buffer): unknown {
  const { payload } = parseForm(raw);
  if (typeof payload !== 'string')
    throw new UnsupportedMediaType('A form must hold JSON in its field "payload": better choose application/json.');
  return parseJson(Buffer.from(payload));
}
