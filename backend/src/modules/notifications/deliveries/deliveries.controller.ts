import { Controller, Get } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { NotFound } from '#platform/errors/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { Endpoint, Input, listQuery, type ListQuery, Who } from '#platform/http/index.js';
import { deliveries, delivery, deliveryPath, type DeliveryPath, workspacePath } from './deliveries.schemas.js';
import { DeliveriesService } from './deliveries.service.js';

/** What was sent to the caller, and what is on its way. */
@Controller('workspaces/:workspaceId/deliveries')
export class DeliveriesController {
  constructor(private readonly service: DeliveriesService) {}

  @Get()
  @Endpoint({
    permission: 'subscriptions:read',
    summary: 'Notifications that were sent to you or are on their way',
    params: workspacePath,
    query: listQuery({ sort: ['createdAt'], defaultSort: '-createdAt', filter: true }),
    response: deliveries,
    errors: [FilterRefused],
  })
  list(@Who() who: Member, @Input.query() query: ListQuery) {
    return this.service.list(who, query);
  }

  @Get(':deliveryId')
  @Endpoint({
    permission: 'subscriptions:read',
    summary: 'One delivery with its attempts',
    params: deliveryPath,
    response: delivery,
    errors: [NotFound],
  })
  one(@Who() who: Member, @Input.params() { deliveryId }: DeliveryPath) {
    return this.service.one(who, deliveryId);
  }
}
