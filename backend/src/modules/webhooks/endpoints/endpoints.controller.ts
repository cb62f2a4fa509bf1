import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { Endpoint, IfMatch, Input, listQuery, type ListQuery, PreconditionFailed, Who } from '#platform/http/index.js';
import { QuotaExceeded } from '#platform/quotas/index.js';
import {
  AddressNotUsable,
  EndpointUnheard,
  EventsHidden,
  HeaderRefused,
  NoSuchEndpoint,
  NothingToHear,
  TooManyEndpoints,
} from './endpoints.errors.js';
import { EndpointQueries } from './endpoints.queries.js';
import {
  endpoint,
  type EndpointChange,
  endpointChange,
  type EndpointPath,
  endpointPath,
  endpoints,
  madeEndpoint,
  newEndpoint,
  type NewEndpoint,
  workspacePath,
} from './endpoints.schemas.js';
import { EndpointsService } from './endpoints.service.js';

const EXAMPLE = {
  url: 'https://hooks.example.com/signalbox',
  description: 'Deals into our warehouse',
  filter: '',
  types: ['deal.found'],
  headers: { authorization: 'Bearer abc' },
  ratePerSecond: 20,
  ordered: false,
};

/** Where a workspace's events are posted to. */
@Controller('workspaces/:workspaceId/webhook-endpoints')
export class EndpointsController {
  constructor(
    private readonly service: EndpointsService,
    private readonly queries: EndpointQueries,
  ) {}

  @Get()
  @Endpoint({
    permission: 'webhooks:read',
    summary: 'The webhook endpoints of a workspace',
    description: 'Such as `filter=state:paused host:hooks.example.com`.',
    params: workspacePath,
    query: listQuery({ sort: ['createdAt'], defaultSort: '-createdAt', filter: true }),
    response: endpoints,
    errors: [FilterRefused],
  })
  list(@Who() who: Member, @Input.query() query: ListQuery) {
    return this.queries.list(who, query);
  }

  @Post()
  @Endpoint({
    permission: 'webhooks:write',
    summary: 'Make a webhook endpoint',
    description:
      'From now on it is told of events of the workspace that its filter matches and that you may see. The answer holds the ' +
      'secret that signs requests (Standard Webhooks); it is not shown again.',
    params: workspacePath,
    body: newEndpoint,
    response: madeEndpoint,
    errors: [
      AddressNotUsable,
      NothingToHear,
      EventsHidden,
      FilterRefused,
      HeaderRefused,
      TooManyEndpoints,
      QuotaExceeded,
    ],
    oneTimeSecret: true,
    bodyExample: EXAMPLE,
  })
  create(@Who() who: Member, @Input.body() body: NewEndpoint) {
    return this.service.create(who, body);
  }

  @Get(':endpointId')
  @Endpoint({
    permission: 'webhooks:read',
    summary: 'One webhook endpoint',
    params: endpointPath,
    response: endpoint,
    errors: [NoSuchEndpoint],
    etag: true,
  })
  one(@Who() who: Member, @Input.params() { endpointId }: EndpointPath) {
    return this.service.one(who, endpointId);
  }

  @Patch(':endpointId')
  @Endpoint({
    permission: 'webhooks:write',
    summary: 'Change a webhook endpoint, switch it off or on',
    params: endpointPath,
    body: endpointChange,
    response: endpoint,
    errors: [
      NoSuchEndpoint,
      AddressNotUsable,
      NothingToHear,
      EventsHidden,
      FilterRefused,
      HeaderRefused,
      EndpointUnheard,
      PreconditionFailed,
    ],
    etag: true,
    bodyExample: { enabled: true },
  })
  change(
    @Who() who: Member,
    @Input.params() { endpointId }: EndpointPath,
    @Input.body() body: EndpointChange,
    @IfMatch() ifMatch: string | undefined,
  ) {
    return this.service.change(who, endpointId, body, ifMatch);
  }

  @Delete(':endpointId')
  @Endpoint({
    permission: 'webhooks:write',
    summary: 'Remove a webhook endpoint',
    description: 'What it waited for is not sent any more. Its history stays.',
    params: endpointPath,
    status: 204,
    errors: [NoSuchEndpoint, PreconditionFailed],
  })
  remove(@Who() who: Member, @Input.params() { endpointId }: EndpointPath, @IfMatch() ifMatch: string | undefined) {
    return this.service.remove(who, endpointId, ifMatch);
  }

  @Post(':endpointId/ownership')
  @Endpoint({
    permission: 'webhooks:write',
    summary: 'Take a webhook endpoint over',
    description:
      'An endpoint hears what its owner may see at that moment. When they may see nothing of it any more (they left, were ' +
      'suspended, lost their role, or the API key that made it ended) it is paused: somebody else takes it over and ' +
      'switches it on, and what waited is sent.',
    params: endpointPath,
    response: endpoint,
    status: 200,
    errors: [NoSuchEndpoint, EventsHidden],
  })
  takeOver(@Who() who: Member, @Input.params() { endpointId }: EndpointPath) {
    return this.service.takeOver(who, endpointId);
  }
}
