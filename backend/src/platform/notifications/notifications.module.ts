import { Global, Module } from '@nestjs/common';
import { NotificationKinds } from './notification-kinds.js';

/** How events are told to people. */
@Global()
@Module({ providers: [NotificationKinds], exports: [NotificationKinds] })
export class NotificationKindsModule {}
