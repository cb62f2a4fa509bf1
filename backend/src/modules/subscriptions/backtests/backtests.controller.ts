import { Controller, Post } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { Endpoint, Input, Who } from '#platform/http/index.js';
import { ChoiceRefused, NoSuchTarget, TargetHidden } from '../subscriptions/subscriptions.errors.js';
import { workspacePath } from '../subscriptions/subscriptions.schemas.js';
import { type NewPreview, newPreview, preview } from './backtests.schemas.js';
import { BacktestsService } from './backtests.service.js';

/** Questions about subscriptions that are not made yet. */
@Controller('workspaces/:workspaceId/subscription-previews')
export class BacktestsController {
  constructor(private readonly service: BacktestsService) {}

  @Post()
  @Endpoint({
    permission: 'subscriptions:read',
    summary: 'What a subscription would have matched and sent',
    description: 'Nothing is stored and nobody is told.',
    params: workspacePath,
    body: newPreview,
    response: preview,
    status: 200,
    idempotent: false,
    errors: [FilterRefused, NoSuchTarget, TargetHidden, ChoiceRefused],
    bodyExample: {
      target: 'deal',
      filter: 'destination:country:PT price<400',
      days: 90,
      rhythm: { kind: 'daily', hour: 8 },
    },
  })
  preview(@Who() who: Member, @Input.body() body: NewPreview) {
    return this.service.preview(who, body);
  }
}
