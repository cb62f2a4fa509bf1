import { Controller, Delete, Get } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, NotFound, Who } from '#platform/http/index.js';
import { requirePerson } from '../person.js';
import { HeldByOperator, ownSuppression, OwnSuppression } from './own-suppression.js';

/** Whether notifications reach the caller by mail. */
@Controller('me/mail-suppression')
export class OwnSuppressionController {
  constructor(private readonly service: OwnSuppression) {}

  @Get()
  @Endpoint({
    permission: 'self',
    summary: 'Whether notifications go to your mail address, and if not, why',
    description: 'Mails of the account, such as password resets, go there in any case.',
    response: ownSuppression,
  })
  show(@Who() who: Actor) {
    return this.service.show(requirePerson(who));
  }

  @Delete()
  @Endpoint({
    permission: 'self',
    summary: 'Let notifications go to your mail address again',
    description:
      'What came back is forgotten; when mail comes back again, it is held back again. Confirming the address does the same, except after a complaint.',
    status: 204,
    errors: [NotFound, HeldByOperator],
  })
  lift(@Who() who: Actor) {
    return this.service.lift(requirePerson(who));
  }
}
