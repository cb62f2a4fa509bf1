import { Controller, Get } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { Endpoint, Input, Who } from '#platform/http/index.js';
import { NoSuchSubscription, TargetHidden } from '../subscriptions/subscriptions.errors.js';
import { subscriptionPath, type SubscriptionPath } from '../subscriptions/subscriptions.schemas.js';
import { MatchQueries } from './match-queries.js';
import { matches, matchList, type MatchList } from './matches.schemas.js';

/** What a subscription matched for the caller. */
@Controller('workspaces/:workspaceId/subscriptions/:subscriptionId/matches')
export class MatchesController {
  constructor(private readonly queries: MatchQueries) {}

  @Get()
  @Endpoint({
    permission: 'subscriptions:read',
    summary: 'What a subscription matched for you, and what became of it',
    description: 'Why you were told, what waits and until when, and why you were not told of the rest.',
    params: subscriptionPath,
    query: matchList,
    response: matches,
    errors: [NoSuchSubscription, TargetHidden, FilterRefused],
  })
  list(@Who() who: Member, @Input.params() { subscriptionId }: SubscriptionPath, @Input.query() query: MatchList) {
    return this.queries.list(who, subscriptionId, query);
  }
}
