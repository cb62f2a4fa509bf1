import { Global, Module } from '@nestjs/common';
import { RefusalWatch } from '#platform/http/index.js';
import { HttpClientModule } from '#platform/http-client/index.js';
import { AuditExportController, SystemAuditExportController } from './exports/exports.controller.js';
import { ExportsService } from './exports/exports.service.js';
import { HeadSchedule } from './heads/head-schedule.js';
import { SendHeadJob } from './heads/send-head.job.js';
import { Refusals } from './refusals/refusals.js';
import { EventTarget } from './trail/event-target.js';
import { AuditEventsController, SystemAuditEventsController } from './trail/trail.controller.js';
import { TrailQueries } from './trail/trail.queries.js';

/** The log as the trail that admins and operators read, export and prove. */
@Global()
@Module({
  imports: [HttpClientModule],
  controllers: [AuditEventsController, AuditExportController, SystemAuditEventsController, SystemAuditExportController],
  providers: [
    EventTarget,
    ExportsService,
    HeadSchedule,
    Refusals,
    SendHeadJob,
    TrailQueries,
    { provide: RefusalWatch, useExisting: Refusals },
  ],
  exports: [RefusalWatch],
})
export class AuditModule {}
