import { Module } from '@nestjs/common';
import { LogControl } from './log-control.js';
import { LogReadersController, ParkedEventsController } from './log.controller.js';

/** The operator's view of the log over HTTP; apart from `EventLogModule`, which also serves processes without HTTP. */
@Module({ controllers: [LogReadersController, ParkedEventsController], providers: [LogControl] })
export class LogApiModule {}
