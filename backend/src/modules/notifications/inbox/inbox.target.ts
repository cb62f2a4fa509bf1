import { Injectable, type OnModuleInit } from '@nestjs/common';
import { notificationFields } from '#contract/filter/index.js';
import { FilterTargets } from '#platform/filters/index.js';

/** Lets the filter language be asked about a person's own notifications; nobody can subscribe to being told. */
@Injectable()
export class InboxTarget implements OnModuleInit {
  constructor(private readonly targets: FilterTargets) {}

  onModuleInit(): void {
    this.targets.register({
      name: 'notification',
      title: 'Notifications',
      permission: 'subscriptions:read',
      events: [],
      catalogue: notificationFields,
      from: 'notification n',
      idColumn: 'n.id',
      workspaceColumn: 'n.workspace_id',
      timeColumn: 'n.created_at',
      titleColumn: 'n.type',
      guarded: true,
      subject: () => ({}),
    });
  }
}
