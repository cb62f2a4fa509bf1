import { Controller, Get, Post } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { Endpoint, Input, Who } from '#platform/http/index.js';
import { NoSuchEndpoint } from '../endpoints/endpoints.errors.js';
import { EndpointQueries } from '../endpoints/endpoints.queries.js';
import {
  type EndpointPath,
  endpointPath,
  madeSecret,
  type MadeSecret,
  newRotation,
  type NewRotation,
  secrets,
  type SecretShown,
} from '../endpoints/endpoints.schemas.js';
import { EndpointsService } from '../endpoints/endpoints.service.js';

/** What requests to an endpoint are signed with. */
@Controller('workspaces/:workspaceId/webhook-endpoints/:endpointId')
export class SecretsController {
  constructor(
    private readonly service: EndpointsService,
    private readonly queries: EndpointQueries,
  ) {}

  @Get('secrets')
  @Endpoint({
    permission: 'webhooks:read',
    summary: 'Which secrets of a webhook endpoint sign now',
    description: 'Never the secrets themselves; of an ed25519 key its public half.',
    params: endpointPath,
    response: secrets,
    errors: [NoSuchEndpoint],
  })
  async list(@Who() who: Member, @Input.params() { endpointId }: EndpointPath): Promise<{ items: SecretShown[] }> {
    await this.service.one(who, endpointId);
    return { items: await this.queries.secrets(endpointId) };
  }

  @Post('secret-rotations')
  @Endpoint({
    permission: 'webhooks:write',
    summary: 'Give a webhook endpoint a new secret',
    description:
      'The answer holds it; it is not shown again. The earlier one signs too for the overlap that you choose.',
    params: endpointPath,
    body: newRotation,
    bodyExample: { kind: 'hmac', overlapSeconds: 86_400 },
    response: madeSecret,
    errors: [NoSuchEndpoint],
    oneTimeSecret: true,
  })
  async rotate(
    @Who() who: Member,
    @Input.params() { endpointId }: EndpointPath,
    @Input.body() body: NewRotation,
  ): Promise<MadeSecret> {
    const made = await this.service.rotate(who, endpointId, body);
    return { ...made, createdAt: made.createdAt.toISOString(), expiresAt: null };
  }
}
