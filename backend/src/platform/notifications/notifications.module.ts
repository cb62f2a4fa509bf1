import { Global, Module } from '@nestjs/common';
import { NotificationKinds } from './notification-kinds.js';
import { NotificationSources } from './notification-sources.js';

/** How events are told to people, and what asks for it. */
@Global()
@Module({
  providers: [NotificationKinds, NotificationSources],
  exports: [NotificationKinds, NotificationSources],
})
export class NotificationKindsModule {}
