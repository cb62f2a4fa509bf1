import { Controller, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Endpoint, Input } from '#platform/http/index.js';
import { LinkExpired } from '../accounts/accounts.errors.js';
import { accepted, type Addressed, addressed, type LinkUse, linkUse } from '../accounts/accounts.schemas.js';
import type { Visitor } from '../sessions/session.entity.js';
import { From } from '../sessions/visitor.js';
import { AccountUnlocksService } from './account-unlocks.service.js';
import { FamiliarBrowsers } from './familiar-browsers.js';

/** Getting in although others typed wrong passwords. */
@Controller('account-unlocks')
export class AccountUnlocksController {
  constructor(
    private readonly service: AccountUnlocksService,
    private readonly browsers: FamiliarBrowsers,
  ) {}

  @Post()
  @Endpoint({
    permission: 'public',
    summary: 'Ask for a link to sign in at once in spite of wrong attempts',
    description: 'The answer is the same whether or not the address has an account, and whether or not it has to wait.',
    status: 202,
    body: addressed,
    response: accepted,
    rateClass: 'auth',
  })
  request(@Input.body() body: Addressed) {
    return this.service.request(body);
  }

  @Post('completion')
  @Endpoint({
    permission: 'public',
    summary: 'Let a person sign in at once by the mailed link',
    description:
      'Wrong passwords for the account are counted anew. A cookie makes the browser known, so that the attempts of others ' +
      'do not hold it up any more.',
    status: 204,
    body: linkUse,
    errors: [LinkExpired],
    rateClass: 'auth',
    idempotent: false,
  })
  async complete(
    @Input.body() { token }: LinkUse,
    @From() from: Visitor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    this.browsers.remember(reply, await this.service.complete(token, from));
  }
}
