import { Controller, Delete, Get, Post } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { Endpoint, Input, Who } from '#platform/http/index.js';
import { QuotaExceeded } from '#platform/quotas/index.js';
import {
  AddressNotUsable,
  EventsHidden,
  HeaderRefused,
  NoSuchEndpoint,
  NothingToHear,
  TooManyEndpoints,
} from '../endpoints/endpoints.errors.js';
import { workspacePath } from '../endpoints/endpoints.schemas.js';
import {
  hook,
  type HookPath,
  hookPath,
  newHook,
  type NewHook,
  sampleQuery,
  type SampleQuery,
  samples,
} from './hooks.schemas.js';
import { HooksService } from './hooks.service.js';

/** REST hooks, for products such as Zapier and Make, which come with an API key. */
@Controller('workspaces/:workspaceId/hooks')
export class HooksController {
  constructor(private readonly service: HooksService) {}

  @Post()
  @Endpoint({
    permission: 'webhooks:write',
    summary: 'Subscribe to a type of event (REST hook)',
    description: 'What happens from now on is posted to the address. A 410 from there ends it, and so does DELETE.',
    params: workspacePath,
    body: newHook,
    bodyExample: { hookUrl: 'https://hooks.zapier.com/hooks/standard/1/abc', event: 'deal.found' },
    response: hook,
    errors: [
      AddressNotUsable,
      NothingToHear,
      EventsHidden,
      FilterRefused,
      HeaderRefused,
      TooManyEndpoints,
      QuotaExceeded,
    ],
  })
  subscribe(@Who() who: Member, @Input.body() body: NewHook) {
    return this.service.subscribe(who, body);
  }

  @Delete(':hookId')
  @Endpoint({
    permission: 'webhooks:write',
    summary: 'Unsubscribe (REST hook)',
    params: hookPath,
    status: 204,
    errors: [NoSuchEndpoint],
  })
  unsubscribe(@Who() who: Member, @Input.params() { hookId }: HookPath) {
    return this.service.unsubscribe(who, hookId);
  }

  @Get('samples')
  @Endpoint({
    permission: 'webhooks:read',
    summary: 'Sample bodies of a type of event',
    description: 'The newest of the workspace, as a hook would get them, or an example when there is none.',
    params: workspacePath,
    query: sampleQuery,
    response: samples,
    errors: [NothingToHear, EventsHidden],
  })
  samples(@Who() who: Member, @Input.query() { event }: SampleQuery) {
    return this.service.samples(who, event);
  }
}
