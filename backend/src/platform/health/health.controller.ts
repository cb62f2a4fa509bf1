import { Controller, Get, Header, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, Who } from '#platform/http/index.js';
import { HealthService } from './health.service.js';
import { healthSchema, liveSchema, summarySchema, type Health, type Summary } from './health.schemas.js';

/** Health for orchestrators and load balancers. */
@Controller('health')
export class HealthController {
  constructor(private readonly service: HealthService) {}

  @Get('live')
  @Endpoint({ permission: 'public', rateClass: 'none', summary: 'Whether the process lives', response: liveSchema })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @Endpoint({
    permission: 'public',
    rateClass: 'none',
    summary: 'Whether the process can serve',
    description:
      'Asks the database and its migrations only: a mail outage must not take every replica away. 503 when not.',
    response: healthSchema,
  })
  async ready(@Who() who: Actor | null, @Res({ passthrough: true }) reply: FastifyReply): Promise<Health> {
    return this.answer(reply, true, who);
  }

  @Get()
  @Endpoint({
    permission: 'public',
    rateClass: 'none',
    summary: 'How every part is',
    description: '503 when a vital part is down; a part that is not vital only degrades. Operators see the details.',
    response: healthSchema,
  })
  async all(@Who() who: Actor | null, @Res({ passthrough: true }) reply: FastifyReply): Promise<Health> {
    return this.answer(reply, false, who);
  }

  private async answer(reply: FastifyReply, vitalOnly: boolean, who: Actor | null): Promise<Health> {
    const { failed, body } = await this.service.health(vitalOnly, who);
    void reply.status(failed ? 503 : 200);
    return body;
  }
}

/** The instance in figures. */
@Controller('api/v1/health')
export class HealthSummaryController {
  constructor(private readonly service: HealthService) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @Endpoint({ permission: 'public', summary: 'The instance in figures', response: summarySchema })
  async summary(): Promise<Summary> {
    return this.service.summary();
  }
}
