import { Controller, Get } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { Endpoint, Who } from '#platform/http/index.js';
import { workspacePath } from '../subscriptions/subscriptions.schemas.js';
import { suggestions, templates } from './ideas.schemas.js';
import { IdeasService } from './ideas.service.js';

/** Subscriptions for people to begin with. */
@Controller('workspaces/:workspaceId')
export class IdeasController {
  constructor(private readonly service: IdeasService) {}

  @Get('subscription-templates')
  @Endpoint({
    permission: 'subscriptions:read',
    summary: 'Subscriptions that one click makes',
    description: 'Of what you may see, in your language. Post the `subscription` of one to make it.',
    params: workspacePath,
    response: templates,
  })
  templates(@Who() who: Member) {
    return this.service.templates(who);
  }

  @Get('subscription-suggestions')
  @Endpoint({
    permission: 'subscriptions:read',
    summary: 'Subscriptions that may suit you',
    description:
      'In your language, judging by what you did in the workspace and how often you are told; nothing else is looked at.',
    params: workspacePath,
    response: suggestions,
  })
  suggestions(@Who() who: Member) {
    return this.service.suggestions(who);
  }
}
