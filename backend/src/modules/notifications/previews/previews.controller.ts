import { Controller, Get, Post } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { Endpoint, Input, Who } from '#platform/http/index.js';
import { requireReader } from '../person.js';
import { AddressUnusable, NoSuchKind } from './previews.errors.js';
import {
  type NewTest,
  newTest,
  preview,
  type PreviewPath,
  previewPath,
  testSent,
  workspacePath,
} from './previews.schemas.js';
import { PreviewsService } from './previews.service.js';

/** How notifications look. */
@Controller('workspaces/:workspaceId')
export class PreviewsController {
  constructor(private readonly service: PreviewsService) {}

  @Get('notification-previews/:kind')
  @Endpoint({
    permission: 'subscriptions:read',
    summary: 'How notifications of one type of event look',
    description:
      'Made of the newest such event that you may see in this workspace, or of an example while there is none; in your language.',
    params: previewPath,
    response: preview,
    errors: [NoSuchKind],
  })
  show(@Who() who: Member, @Input.params() { kind }: PreviewPath) {
    return this.service.show(requireReader(who), kind);
  }

  @Post('notification-tests')
  @Endpoint({
    permission: 'subscriptions:write',
    summary: 'Send yourself an example of a notification',
    description: 'A mail to your own address, whatever your preferences say.',
    params: workspacePath,
    status: 202,
    body: newTest,
    response: testSent,
    errors: [NoSuchKind, AddressUnusable],
    bodyExample: { kind: 'deal.found' },
  })
  test(@Who() who: Member, @Input.body() { kind }: NewTest) {
    return this.service.test(requireReader(who), kind);
  }
}
