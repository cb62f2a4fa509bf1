import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import {
  Abandoned,
  Endpoint,
  IfMatch,
  Input,
  type ListQuery,
  NotFound,
  PreconditionFailed,
  Who,
} from '#platform/http/index.js';
import { ChannelAddressRefused, ChannelSecretRefused, NoSuchChannel, TooManyChannels } from './channels.errors.js';
import {
  channel,
  type ChannelChange,
  channelChange,
  channels,
  channelsQuery,
  madeChannel,
  newOwn,
  type NewOwn,
  ownPath,
  type OwnPath,
  tested,
} from './channels.schemas.js';
import { ChannelsService } from './channels.service.js';

/** The caller's own channels, in every workspace that they are in. */
@Controller('me/channels')
export class OwnChannelsController {
  constructor(private readonly service: ChannelsService) {}

  @Get()
  @Endpoint({
    permission: 'self',
    summary: 'Your own channels',
    query: channelsQuery,
    response: channels,
    errors: [FilterRefused],
  })
  list(@Who() who: Actor, @Input.query() query: ListQuery) {
    return this.service.list(ownOf(who), query);
  }

  @Post()
  @Endpoint({
    permission: 'self',
    summary: 'Add a channel of your own',
    description: 'It takes your news of one workspace, which you must belong to.',
    body: newOwn,
    response: madeChannel,
    oneTimeSecret: true,
    errors: [NotFound, ChannelAddressRefused, ChannelSecretRefused, TooManyChannels],
    bodyExample: {
      workspaceId: '0192f0c1-7d3e-7a51-9c55-2f1c7a3b9d10',
      kind: 'slack',
      name: 'My Slack',
      url: 'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX',
    },
  })
  create(@Who() who: Actor, @Input.body() body: NewOwn) {
    return this.service.createOwn(ownOf(who), body);
  }

  @Get(':channelId')
  @Endpoint({
    permission: 'self',
    summary: 'One of your own channels',
    params: ownPath,
    response: channel,
    errors: [NoSuchChannel],
    etag: true,
  })
  one(@Who() who: Actor, @Input.params() { channelId }: OwnPath) {
    return this.service.one(ownOf(who), channelId);
  }

  @Patch(':channelId')
  @Endpoint({
    permission: 'self',
    summary: 'Change one of your own channels, or switch it on again',
    params: ownPath,
    body: channelChange,
    response: channel,
    errors: [NoSuchChannel, ChannelAddressRefused, ChannelSecretRefused, PreconditionFailed],
    etag: true,
    bodyExample: { name: 'My other Slack' },
  })
  change(
    @Who() who: Actor,
    @Input.params() { channelId }: OwnPath,
    @Input.body() body: ChannelChange,
    @IfMatch() ifMatch: string | undefined,
  ) {
    return this.service.change(ownOf(who), channelId, body, ifMatch);
  }

  @Delete(':channelId')
  @Endpoint({
    permission: 'self',
    summary: 'Remove one of your own channels',
    params: ownPath,
    status: 204,
    errors: [NoSuchChannel, PreconditionFailed],
  })
  remove(@Who() who: Actor, @Input.params() { channelId }: OwnPath, @IfMatch() ifMatch: string | undefined) {
    return this.service.remove(ownOf(who), channelId, ifMatch);
  }

  @Post(':channelId/tests')
  @Endpoint({
    permission: 'self',
    summary: 'Send a test message to one of your own channels',
    params: ownPath,
    status: 200,
    response: tested,
    idempotent: false,
    errors: [NoSuchChannel],
  })
  test(@Who() who: Actor, @Input.params() { channelId }: OwnPath, @Abandoned() signal: AbortSignal) {
    return this.service.test(ownOf(who), channelId, signal);
  }
}

/** A route of `self` is a person's: its gate lets no key in. */
function ownOf(who: Actor) {
  return { actor: who, principal: who.userId ?? '', workspaceId: null };
}
