import { Module } from '@nestjs/common';
import { LogRetention } from './log-retention.js';

/** Removes old events; apart from `EventLogModule`, which also serves processes without keys. */
@Module({ providers: [LogRetention] })
export class LogRetentionModule {}
