import { Controller, Get } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { Endpoint, Input, Who } from '#platform/http/index.js';
import { workspaceParams } from '../sources/sources.schemas.js';
import {
  dealsPerDay,
  perDayQuery,
  popularDestinations,
  popularQuery,
  routePrices,
  routePricesQuery,
  type PerDayQuery,
  type PopularQuery,
  type RoutePricesQuery,
} from './statistics.schemas.js';
import { StatisticsQueries } from './statistics.queries.js';

@Controller('workspaces/:workspaceId/deal-statistics')
export class StatisticsController {
  constructor(private readonly statistics: StatisticsQueries) {}

  @Get('route-prices')
  @Endpoint({
    permission: 'deals:read',
    summary: 'The price history of a route',
    params: workspaceParams,
    query: routePricesQuery,
    response: routePrices,
  })
  routePrices(@Who() who: Member, @Input.query() query: RoutePricesQuery) {
    return this.statistics.routePrices(who, query);
  }

  @Get('popular-destinations')
  @Endpoint({
    permission: 'deals:read',
    summary: 'The destinations with most deals',
    params: workspaceParams,
    query: popularQuery,
    response: popularDestinations,
  })
  popular(@Who() who: Member, @Input.query() query: PopularQuery) {
    return this.statistics.popularDestinations(who, query);
  }

  @Get('deals-per-day')
  @Endpoint({
    permission: 'deals:read',
    summary: 'Deals per day and source',
    params: workspaceParams,
    query: perDayQuery,
    response: dealsPerDay,
  })
  perDay(@Who() who: Member, @Input.query() query: PerDayQuery) {
    return this.statistics.dealsPerDay(who, query);
  }
}
