import { Controller, Get, Post } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { Endpoint, Input, Who } from '#platform/http/index.js';
import { DealNotFound } from './deals.errors.js';
import {
  dealList,
  dealPage,
  dealParams,
  dealSchema,
  workspaceParams,
  type DealList,
  type DealParams,
} from './deals.schemas.js';
import { DealsService } from './deals.service.js';

const one = { params: dealParams, response: dealSchema, errors: [DealNotFound] };

@Controller('workspaces/:workspaceId/deals')
export class DealsController {
  constructor(private readonly deals: DealsService) {}

  @Get()
  @Endpoint({
    permission: 'deals:read',
    summary: 'List deals, by the filter language',
    params: workspaceParams,
    query: dealList,
    response: dealPage,
    errors: [FilterRefused],
  })
  list(@Who() who: Member, @Input.query() query: DealList) {
    return this.deals.list(who, query);
  }

  @Get(':dealId')
  @Endpoint({
    permission: 'deals:read',
    summary: 'One deal with its evidence, sightings, price history and score',
    ...one,
    etag: true,
  })
  one(@Who() who: Member, @Input.params() { dealId }: DealParams) {
    return this.deals.one(who, dealId);
  }

  @Post(':dealId/expiry')
  @Endpoint({ permission: 'deals:write', summary: 'End a deal that is gone or was none', status: 200, ...one })
  expire(@Who() who: Member, @Input.params() { dealId }: DealParams) {
    return this.deals.expire(who, dealId);
  }
}
