import { Controller, Get, Patch, Post } from '@nestjs/common';
import { unreadCounts } from '#contract/realtime/index.js';
import type { Actor, Member } from '#platform/access/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { Endpoint, Input, type ListQuery, Who } from '#platform/http/index.js';
import { requirePerson, requireReader } from '../person.js';
import { InboxChanges } from './inbox-changes.service.js';
import { NoSuchNotification, SnoozeOver } from './inbox.errors.js';
import {
  changedNotifications,
  groups,
  groupsQuery,
  type InboxQuery,
  inboxQuery,
  type NewReading,
  newReading,
  type NotificationChange,
  notificationChange,
  type NotificationChanges,
  notificationChanges,
  notificationDetail,
  type NotificationPath,
  notificationPath,
  notifications,
  reading,
  workspacePath,
} from './inbox.schemas.js';
import { InboxService } from './inbox.service.js';

/** The caller's own notifications, of all their workspaces. */
@Controller('me')
export class OwnInboxController {
  constructor(
    private readonly service: InboxService,
    private readonly changes: InboxChanges,
  ) {}

  @Get('notifications')
  @Endpoint({
    permission: 'self',
    summary: 'Your notifications',
    description:
      'Of all your workspaces, newest first, in your language. What you may not see any more is left out. The filter knows ' +
      'type, topic, subject, workspace, subscription, read, form, total and at.',
    query: inboxQuery,
    response: notifications,
    errors: [FilterRefused],
  })
  list(@Who() who: Actor, @Input.query() query: InboxQuery) {
    return this.service.list(requirePerson(who), query);
  }

  @Get('notification-groups')
  @Endpoint({
    permission: 'self',
    summary: 'Your notifications, one group for each thing they are about',
    query: groupsQuery,
    response: groups,
    errors: [FilterRefused],
  })
  groups(@Who() who: Actor, @Input.query() query: ListQuery & Pick<InboxQuery, 'box'>) {
    return this.service.groups(requirePerson(who), query);
  }

  @Get('unread-notifications')
  @Endpoint({
    permission: 'self',
    summary: 'How many notifications you have not read',
    description: 'By workspace and topic. Each number stops at 1,000, which means as many or more.',
    response: unreadCounts,
  })
  unread(@Who() who: Actor) {
    return this.service.unread(requirePerson(who));
  }

  @Get('notifications/:notificationId')
  @Endpoint({
    permission: 'self',
    summary: 'One notification, and why you got it',
    params: notificationPath,
    response: notificationDetail,
    errors: [NoSuchNotification],
  })
  one(@Who() who: Actor, @Input.params() { notificationId }: NotificationPath) {
    return this.service.one(requirePerson(who), notificationId);
  }

  @Patch('notifications/:notificationId')
  @Endpoint({
    permission: 'self',
    summary: 'Mark, archive or put off a notification',
    description: 'What is archived counts as read; what is put off is unread when it comes back.',
    params: notificationPath,
    body: notificationChange,
    status: 204,
    errors: [NoSuchNotification, SnoozeOver],
    bodyExample: { read: true },
  })
  change(
    @Who() who: Actor,
    @Input.params() { notificationId }: NotificationPath,
    @Input.body() body: NotificationChange,
  ) {
    return this.changes.change(requirePerson(who), notificationId, body);
  }

  @Post('notification-changes')
  @Endpoint({
    permission: 'self',
    summary: 'Mark, archive or put off many notifications',
    description: 'Says of each what became of it; one that you do not have stops none of the others.',
    status: 200,
    body: notificationChanges,
    response: changedNotifications,
    errors: [SnoozeOver],
    bodyExample: { items: [{ id: '01890000-0000-7000-8000-000000000000', archived: true }] },
  })
  changeMany(@Who() who: Actor, @Input.body() body: NotificationChanges) {
    return this.changes.changeMany(requirePerson(who), body);
  }

  @Post('notification-readings')
  @Endpoint({
    permission: 'self',
    summary: 'Mark all notifications up to a point as read',
    description: 'What came after the newest one that you saw stays unread.',
    status: 200,
    body: newReading,
    response: reading,
    bodyExample: { upTo: 42 },
  })
  read(@Who() who: Actor, @Input.body() body: NewReading) {
    return this.changes.readUpTo(requirePerson(who), body);
  }
}

/** The caller's own notifications in one workspace; keys of a person may read them, too. */
@Controller('workspaces/:workspaceId')
export class InboxController {
  constructor(private readonly service: InboxService) {}

  @Get('notifications')
  @Endpoint({
    permission: 'subscriptions:read',
    summary: 'Your notifications in this workspace',
    params: workspacePath,
    query: inboxQuery,
    response: notifications,
    errors: [FilterRefused],
  })
  list(@Who() who: Member, @Input.query() query: InboxQuery) {
    return this.service.list(requireReader(who), query);
  }

  @Get('unread-notifications')
  @Endpoint({
    permission: 'subscriptions:read',
    summary: 'How many notifications of this workspace you have not read',
    description: 'Each number stops at 1,000, which means as many or more.',
    params: workspacePath,
    response: unreadCounts,
  })
  unread(@Who() who: Member) {
    return this.service.unread(requireReader(who));
  }
}
