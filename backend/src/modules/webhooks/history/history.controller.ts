import { Controller, Delete, Get, Post } from '@nestjs/common';
import { eventCatalogue, type EventDefinition } from '#contract/events/index.js';
import type { Member } from '#platform/access/index.js';
import { EventSight, FilterRefused } from '#platform/filters/index.js';
import { Endpoint, Input, listQuery, type ListQuery, Who } from '#platform/http/index.js';
import { exampleEvent } from '../deliveries/examples.js';
import { payloadOf } from '../deliveries/payload.js';
import { EventsHidden, NoSuchEndpoint, NothingToHear } from '../endpoints/endpoints.errors.js';
import { type EndpointPath, endpointPath, workspacePath } from '../endpoints/endpoints.schemas.js';
import {
  DeliveryHeld,
  EndpointOff,
  NoSuchReplay,
  NoSuchWebhookDelivery,
  ReplayOver,
  ReplayRunning,
} from './history.errors.js';
import { HistoryQueries } from './history.queries.js';
import {
  deliveries,
  deliveryDetail,
  type DeliveryPath,
  deliveryPath,
  eventTypes,
  newReplay,
  type NewReplay,
  newTest,
  type NewTest,
  replay,
  type ReplayPath,
  replayPath,
} from './history.schemas.js';
import { HistoryService } from './history.service.js';

const EXAMPLE_ID = '01977c5e-8a3b-7c2d-9e4f-5a6b7c8d9e0f';

/** What was sent to webhook endpoints, and sending it again. */
@Controller('workspaces/:workspaceId')
export class HistoryController {
  constructor(
    private readonly queries: HistoryQueries,
    private readonly service: HistoryService,
    private readonly sight: EventSight,
  ) {}

  @Get('webhook-deliveries')
  @Endpoint({
    permission: 'webhooks:read',
    summary: 'What was sent to webhook endpoints, or waits',
    description: 'Such as `filter=state:failed type:deal.* status>=500 at>-1d`.',
    params: workspacePath,
    query: listQuery({ sort: ['createdAt'], defaultSort: '-createdAt', filter: true }),
    response: deliveries,
    errors: [FilterRefused],
  })
  list(@Who() who: Member, @Input.query() query: ListQuery) {
    return this.queries.list(who, query);
  }

  @Get('webhook-deliveries/:webhookDeliveryId')
  @Endpoint({
    permission: 'webhooks:read',
    summary: 'One webhook with its request and its answers',
    params: deliveryPath,
    response: deliveryDetail,
    errors: [NoSuchWebhookDelivery],
  })
  one(@Who() who: Member, @Input.params() { webhookDeliveryId }: DeliveryPath) {
    return this.queries.one(who, webhookDeliveryId);
  }

  @Post('webhook-deliveries/:webhookDeliveryId/replay')
  @Endpoint({
    permission: 'webhooks:write',
    summary: 'Send a webhook again',
    description: 'With the same webhook-id and body, and all its attempts anew.',
    params: deliveryPath,
    status: 200,
    response: deliveryDetail,
    errors: [NoSuchWebhookDelivery, EndpointOff, DeliveryHeld],
  })
  again(@Who() who: Member, @Input.params() { webhookDeliveryId }: DeliveryPath) {
    return this.service.again(who, webhookDeliveryId);
  }

  @Post('webhook-replays')
  @Endpoint({
    permission: 'webhooks:write',
    summary: 'Send many webhooks again',
    description:
      'All that failed when nothing else is said. They are found in the background; ask how far it is. A workspace has one ' +
      'replay at a time: another is refused, with the id of the one that runs.',
    params: workspacePath,
    body: newReplay,
    bodyExample: { from: '2027-03-01T00:00:00Z', to: '2027-03-02T00:00:00Z', filter: 'state:failed' },
    status: 202,
    response: replay,
    errors: [FilterRefused, NoSuchEndpoint, ReplayRunning],
  })
  replay(@Who() who: Member, @Input.body() body: NewReplay) {
    return this.service.replay(who, body);
  }

  @Get('webhook-replays/:replayId')
  @Endpoint({
    permission: 'webhooks:read',
    summary: 'How far a replay is',
    params: replayPath,
    response: replay,
    errors: [NoSuchReplay],
  })
  oneReplay(@Who() who: Member, @Input.params() { replayId }: ReplayPath) {
    return this.queries.replay(who, replayId);
  }

  @Delete('webhook-replays/:replayId')
  @Endpoint({
    permission: 'webhooks:write',
    summary: 'Stop a replay',
    description: 'What it has queued already is sent.',
    params: replayPath,
    status: 204,
    errors: [NoSuchReplay, ReplayOver],
  })
  stopReplay(@Who() who: Member, @Input.params() { replayId }: ReplayPath) {
    return this.service.stopReplay(who, replayId);
  }

  @Post('webhook-endpoints/:endpointId/tests')
  @Endpoint({
    permission: 'webhooks:write',
    summary: 'Send an example to a webhook endpoint',
    description: 'Signed like any other, tried once, and kept in the history.',
    params: endpointPath,
    body: newTest,
    bodyExample: { type: 'deal.found' },
    response: deliveryDetail,
    errors: [NoSuchEndpoint, EndpointOff, NothingToHear, EventsHidden],
  })
  test(@Who() who: Member, @Input.params() { endpointId }: EndpointPath, @Input.body() { type }: NewTest) {
    return this.service.test(who, endpointId, type);
  }

  @Get('webhook-event-types')
  @Endpoint({
    permission: 'webhooks:read',
    summary: 'What webhook endpoints can be told of',
    description: 'The types of events that you may see, each with a body as it is sent.',
    params: workspacePath,
    response: eventTypes,
  })
  types(@Who() { permissions, workspaceId }: Member) {
    const items = this.sight.types(permissions).map((type) => {
      const definition: EventDefinition = eventCatalogue[type];
      const event = exampleEvent(type, { id: EXAMPLE_ID, workspaceId, subjectId: EXAMPLE_ID, occurredAt: new Date(0) });
      return { type, about: definition.about, example: JSON.parse(payloadOf(event)) as unknown };
    });
    return { items };
  }
}
