import { Module } from '@nestjs/common';
import { FiltersModule } from '#platform/filters/index.js';
import { LogControl } from './log-control.js';
import { LogReadersController, ParkedEventsController } from './log.controller.js';

/** The operator's view of the log over HTTP; apart from `EventLogModule`, which also serves processes without HTTP. */
@Module({
  imports: [FiltersModule],
  controllers: [LogReadersController, ParkedEventsController],
  providers: [LogControl],
})
export class LogApiModule {}
