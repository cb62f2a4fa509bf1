import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController, HealthSummaryController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { MetricsController } from './metrics.controller.js';
import { RecentRequests } from './recent-requests.js';

/** Health and measurements over HTTP. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController, HealthSummaryController, MetricsController],
  providers: [HealthService, RecentRequests],
})
export class HealthModule {}
