import { Controller, Get, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, Who } from '#platform/http/index.js';
import { OnlyOperator } from '../../operators/operators.errors.js';
import { SessionCookie } from '../../sessions/session-cookie.js';
import { requirePerson } from '../person.js';
import { ReauthenticationRequired } from '../reauthentications/reauthentications.errors.js';
import { LastOwnerOf } from './deletions.errors.js';
import { deletionPlan, deletionScheduled } from './deletions.schemas.js';
import { DeletionsService } from './deletions.service.js';

/** The end of one's own account. */
@Controller('me/deletion')
export class DeletionsController {
  constructor(
    private readonly service: DeletionsService,
    private readonly cookie: SessionCookie,
  ) {}

  @Get()
  @Endpoint({
    permission: 'self',
    summary: 'What deleting your account would do',
    description: 'Which workspaces would go with it, which would lose you, and what stands in the way.',
    response: deletionPlan,
  })
  plan(@Who() who: Actor) {
    return this.service.plan(requirePerson(who));
  }

  @Post()
  @Endpoint({
    permission: 'self',
    summary: 'Delete your account',
    description:
      'Signs you out everywhere and revokes your API keys at once. Some days later everything about you is erased, with the ' +
      'workspaces that nobody else belongs to; signing in before then keeps the account.',
    status: 202,
    response: deletionScheduled,
    errors: [ReauthenticationRequired, LastOwnerOf, OnlyOperator],
    rateClass: 'auth',
    idempotent: false,
  })
  async schedule(@Who() who: Actor, @Res({ passthrough: true }) reply: FastifyReply) {
    const scheduled = await this.service.schedule(requirePerson(who));
    this.cookie.clear(reply);
    return scheduled;
  }
}
