import { ListFields } from './fields.js';

/** Subscriptions: `subscription` as `s`. */
export const subscriptionFields = ListFields.of('subscriptions')
  .text('name', { column: 's.name', description: 'What it is called.' })
  .word('target', { column: 's.target', description: 'What it hears of, such as deal or activity.' })
  .flag('paused', { column: 's.paused', description: 'Whether it is paused.' })
  .flag('shared', { column: '(s.user_id is null)', description: 'Whether the workspace shares it.' })
  .word('rhythm', {
    column: `coalesce(s.plan -> 'rhythm' ->> 'kind', 'immediate')`,
    description: 'How often it tells.',
    values: ['immediate', 'hourly', 'daily', 'weekly'],
  })
  .instant('snoozed', { column: 's.snoozed_until', description: 'Until when it waits.' })
  .instant('expires', { column: 's.expires_at', description: 'When it ends.' })
  .instant('created', { column: 's.created_at', description: 'When it was made.' })
  .instant('updated', { column: 's.updated_at', description: 'When it was changed last.' })
  .build();

/** What was sent to the caller, and what is on its way: `delivery` as `d`. */
export const deliveryFields = ListFields.of('deliveries')
  .word('state', {
    column: 'd.state',
    description: 'Whether it waits, was sent, or was given up.',
    values: ['queued', 'sent', 'failed'],
  })
  .word('channel', { column: 'd.channel', description: 'Where it goes: mail, push, slack, discord, webhook.' })
  .id('channel-id', { column: 'd.channel_id', description: 'Id of the channel, where it is one of several.' })
  .word('type', { column: 'd.event_type', description: 'What happened, such as deal.found.', synonyms: ['event'] })
  .word('subject', { column: 'd.subject_id', description: 'Id of the thing that it is about.' })
  .id('subscription', { column: 'd.subscription_id', description: 'Id of the subscription that asked for it.' })
  .instant('created', { column: 'd.created_at', description: 'When it was made.', synonyms: ['at'] })
  .instant('sent', { column: 'd.sent_at', description: 'When it was handed over.' })
  .build();

/** Channels for notifications: `notification_channel` as `c`. */
export const channelFields = ListFields.of('channels')
  .text('name', { column: 'c.name', description: 'What it is called.' })
  .word('kind', { column: 'c.kind', description: 'What it leads to.', values: ['slack', 'discord', 'webhook'] })
  .id('workspace', { column: 'c.workspace_id', description: 'Id of the workspace.' })
  .flag('enabled', { column: '(c.disabled_reason is null)', description: 'Whether it is used.' })
  .instant('failing', { column: 'c.failing_since', description: 'Since when it fails.' })
  .instant('created', { column: 'c.created_at', description: 'When it was added.' })
  .build();
