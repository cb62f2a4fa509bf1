import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { Abandoned, Endpoint, IfMatch, Input, type ListQuery, PreconditionFailed, Who } from '#platform/http/index.js';
import { ChannelAddressRefused, ChannelSecretRefused, NoSuchChannel, TooManyChannels } from './channels.errors.js';
import {
  channel,
  type ChannelChange,
  channelChange,
  channels,
  channelsQuery,
  madeChannel,
  newShared,
  type NewShared,
  sharedPath,
  type SharedPath,
  tested,
  workspacePath,
} from './channels.schemas.js';
import { ChannelsService } from './channels.service.js';

/** The channels that all of a workspace may send their news to. */
@Controller('workspaces/:workspaceId/channels')
export class SharedChannelsController {
  constructor(private readonly service: ChannelsService) {}

  @Get()
  @Endpoint({
    permission: 'channels:read',
    summary: 'The channels that the workspace shares',
    params: workspacePath,
    query: channelsQuery,
    response: channels,
    errors: [FilterRefused],
  })
  list(@Who() who: Member, @Input.query() query: ListQuery) {
    return this.service.list(sharedOf(who), query);
  }

  @Post()
  @Endpoint({
    permission: 'channels:write',
    summary: 'Share a channel',
    description:
      'An incoming webhook of Slack or Discord, or an address that takes signed messages (Standard Webhooks).',
    params: workspacePath,
    body: newShared,
    response: madeChannel,
    oneTimeSecret: true,
    errors: [ChannelAddressRefused, ChannelSecretRefused, TooManyChannels],
    bodyExample: { kind: 'webhook', name: 'Our pager', url: 'https://pager.example.com/hooks/signalbox' },
  })
  create(@Who() who: Member, @Input.body() body: NewShared) {
    return this.service.createShared(who, body);
  }

  @Get(':channelId')
  @Endpoint({
    permission: 'channels:read',
    summary: 'One of the channels that the workspace shares',
    params: sharedPath,
    response: channel,
    errors: [NoSuchChannel],
    etag: true,
  })
  one(@Who() who: Member, @Input.params() { channelId }: SharedPath) {
    return this.service.one(sharedOf(who), channelId);
  }

  @Patch(':channelId')
  @Endpoint({
    permission: 'channels:write',
    summary: 'Change a shared channel, or switch it on again',
    params: sharedPath,
    body: channelChange,
    response: channel,
    errors: [NoSuchChannel, ChannelAddressRefused, ChannelSecretRefused, PreconditionFailed],
    etag: true,
    bodyExample: { name: 'The pager of the night shift' },
  })
  change(
    @Who() who: Member,
    @Input.params() { channelId }: SharedPath,
    @Input.body() body: ChannelChange,
    @IfMatch() ifMatch: string | undefined,
  ) {
    return this.service.change(sharedOf(who), channelId, body, ifMatch);
  }

  @Delete(':channelId')
  @Endpoint({
    permission: 'channels:write',
    summary: 'Remove a shared channel',
    params: sharedPath,
    status: 204,
    errors: [NoSuchChannel, PreconditionFailed],
  })
  remove(@Who() who: Member, @Input.params() { channelId }: SharedPath, @IfMatch() ifMatch: string | undefined) {
    return this.service.remove(sharedOf(who), channelId, ifMatch);
  }

  @Post(':channelId/tests')
  @Endpoint({
    permission: 'channels:write',
    summary: 'Send a test message to a shared channel',
    params: sharedPath,
    status: 200,
    response: tested,
    idempotent: false,
    errors: [NoSuchChannel],
  })
  test(@Who() who: Member, @Input.params() { channelId }: SharedPath, @Abandoned() signal: AbortSignal) {
    return this.service.test(sharedOf(who), channelId, signal);
  }
}

function sharedOf(who: Member) {
  return { actor: who, principal: who.id, workspaceId: who.workspaceId };
}
