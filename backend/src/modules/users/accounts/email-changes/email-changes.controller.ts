import { Controller, Delete, Get, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, Input, NotFound, Who } from '#platform/http/index.js';
import { FamiliarBrowsers } from '../../guessing/familiar-browsers.js';
import type { Visitor } from '../../sessions/session.entity.js';
import { From } from '../../sessions/visitor.js';
import { LinkExpired } from '../accounts.errors.js';
import { accepted, type LinkUse, linkUse } from '../accounts.schemas.js';
import { requirePerson } from '../person.js';
import { ReauthenticationRequired } from '../reauthentications/reauthentications.errors.js';
import { EmailChangeLinksService } from './email-change-links.service.js';
import { AddressTaken, SameAddress, TooManyChanges } from './email-changes.errors.js';
import { emailChange, emailChangeEnded, emailChangeShown, type EmailChangeWanted } from './email-changes.schemas.js';
import { EmailChangesService } from './email-changes.service.js';

/** The address of one's own account. */
@Controller('me/email-change')
export class EmailChangesController {
  constructor(private readonly service: EmailChangesService) {}

  @Get()
  @Endpoint({
    permission: 'self',
    summary: 'The change of your address that waits for its confirmation',
    response: emailChangeShown,
    errors: [NotFound],
  })
  pending(@Who() who: Actor) {
    return this.service.pending(requirePerson(who));
  }

  @Post()
  @Endpoint({
    permission: 'self',
    summary: 'Ask to move your account to another address',
    description:
      'Mails the new address a link that makes the change, and the present one a link that stops or undoes it. Nothing ' +
      'changes before the first is opened. The answer is the same when the address has an account; its owner is told.',
    status: 202,
    body: emailChange,
    bodyExample: { email: 'ada@new.example.com' },
    response: accepted,
    errors: [ReauthenticationRequired, SameAddress, TooManyChanges],
    rateClass: 'auth',
  })
  ask(@Who() who: Actor, @Input.body() body: EmailChangeWanted) {
    return this.service.ask(requirePerson(who), body);
  }

  @Delete()
  @Endpoint({ permission: 'self', summary: 'Take back the change that waits', status: 204, errors: [NotFound] })
  cancel(@Who() who: Actor) {
    return this.service.cancel(requirePerson(who));
  }
}

/** The mailed links of a change of address. */
@Controller('email-changes')
export class EmailChangeLinksController {
  constructor(
    private readonly service: EmailChangeLinksService,
    private readonly browsers: FamiliarBrowsers,
  ) {}

  @Post('confirmation')
  @Endpoint({
    permission: 'public',
    summary: 'Make a change of address by the link mailed to the new one',
    description: 'Ends every session but the one that asked for it. The earlier address gets a link that undoes it.',
    status: 204,
    body: linkUse,
    errors: [LinkExpired, AddressTaken],
    rateClass: 'auth',
    idempotent: false,
  })
  async confirm(
    @Input.body() { token }: LinkUse,
    @From() from: Visitor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { emailKey, browserId } = await this.service.confirm(token, from);
    this.browsers.remember(reply, emailKey, browserId);
  }

  @Post('cancellation')
  @Endpoint({
    permission: 'public',
    summary: 'Stop or undo a change of address by a link mailed to the earlier one',
    description:
      'A change that has taken effect is undone: the earlier address is back, every session ends, the password is useless, ' +
      'and a link to set a new one is mailed.',
    status: 200,
    body: linkUse,
    response: emailChangeEnded,
    errors: [LinkExpired, AddressTaken],
    rateClass: 'auth',
    idempotent: false,
  })
  stop(@Input.body() { token }: LinkUse, @From() from: Visitor) {
    return this.service.stop(token, from);
  }
}
