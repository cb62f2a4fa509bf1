import { Controller, Delete, Get, Patch, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Member } from '#platform/access/index.js';
import { UnsupportedMediaType } from '#platform/errors/index.js';
import { Endpoint, Input, parseForm, parseJson, Who } from '#platform/http/index.js';
import { workspacePath } from '../endpoints/endpoints.schemas.js';
import { IncomingRefused, NoSuchIncomingWebhook, TooManyIncomingWebhooks } from './incoming.errors.js';
import {
  heard,
  incoming,
  type IncomingChange,
  incomingChange,
  type IncomingPath,
  incomingPath,
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
  @Endpoint({ permission: 'webhooks:read', summary: 'Incoming webhooks', params: workspacePath, response: incomings })
  list(@Who() who: Member) {
    return this.service.list(who);
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
      'Signed, at most 128 kB of JSON, or a form with JSON in its field `payload`; taken once by its id. A wrong signature is refused and counted.',
    params: incomingTokenPath,
    body: z.unknown(),
    bodyExample: { action: 'opened', number: 7 },
    rawBody: true,
    bodyLimit: 128 * 1024,
    status: 200,
    idempotent: false,
    response: heard,
    errors: [NoSuchIncomingWebhook, IncomingRefused, UnsupportedMediaType],
  })
  hear(@Req() { body, headers }: FastifyRequest, @Input.params() { incomingToken }: IncomingTokenPath) {
    const raw = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    const form = headers['content-type']?.toLowerCase().startsWith('application/x-www-form-urlencoded');
    return this.service.hear(incomingToken, headers, raw, form ? parsePayload : parseJson);
  }
}

/** What GitHub sends unless told otherwise. */
function parsePayload(raw: Buffer): unknown {
  const { payload } = parseForm(raw);
  if (typeof payload !== 'string')
    throw new UnsupportedMediaType('A form must hold JSON in its field "payload": better choose application/json.');
  return parseJson(Buffer.from(payload));
}
