import { timingSafeEqual } from 'node:crypto';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Endpoint, Forbidden } from '#platform/http/index.js';
import { Metrics, TelemetryConfig } from '#platform/telemetry/index.js';
import { asksForItself } from './own-machine.js';

/** Measurements for Prometheus: for the holder of the token, or without one for the machine itself. */
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly config: TelemetryConfig,
  ) {}

  @Get()
  @Endpoint({
    permission: 'public',
    rateClass: 'none',
    summary: 'Measurements for Prometheus',
    description:
      'Asks for SIGNALBOX_METRICS_TOKEN as a bearer token; while that is not set, answers programs on this machine only, and nothing that a reverse proxy passes on.',
    produces: 'text/plain',
    errors: [Forbidden],
  })
  async read(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    this.admit(request);
    void reply.type(this.metrics.registry.contentType);
    return this.metrics.registry.metrics();
  }

  private admit(request: FastifyRequest): void {
    const { metricsToken } = this.config;
    if (!metricsToken) {
      if (asksForItself(request.raw)) return;
      throw new Forbidden(
        'Metrics are for programs on this machine only. Set SIGNALBOX_METRICS_TOKEN to read them from elsewhere or through a proxy.',
      );
    }
    const given = Buffer.from(request.headers.authorization ?? '');
    const wanted = Buffer.from(`Bearer ${metricsToken}`);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
      throw new Forbidden('Send SIGNALBOX_METRICS_TOKEN as a bearer token.');
  }
}
