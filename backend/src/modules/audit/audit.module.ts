import { Global, Module } from '@nestjs/common';
import { RefusalWatch } from '#platform/http/index.js';
import { AuditExportController, SystemAuditExportController } from './exports/exports.controller.js';
import { ExportsService } from './exports/exports.service.js';
import { Refusals } from './refusals/refusals.js';
import { EventTarget } from './trail/event-target.js';
import { AuditEventsController, SystemAuditEventsController } from './trail/trail.controller.js';
import { TrailQueries } from './trail/trail.queries.js';

/** The log as the trail that admins and operators read, export and prove. */
@Global()
@Module({
  controllers: [AuditEventsController, AuditExportController, SystemAuditEventsController, SystemAuditExportController],
  providers: [EventTarget, ExportsService, Refusals, TrailQueries, { provide: RefusalWatch, useExisting: Refusals }],
  exports: [RefusalWatch],
})
export class AuditModule {}
