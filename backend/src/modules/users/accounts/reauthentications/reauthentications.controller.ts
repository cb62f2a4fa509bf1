import { Controller, Post } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, Input, Who } from '#platform/http/index.js';
import { AttemptsLocked } from '../../guessing/guessing.errors.js';
import type { Visitor } from '../../sessions/session.entity.js';
import { From } from '../../sessions/visitor.js';
import { requirePerson } from '../person.js';
import { WrongPassword } from './reauthentications.errors.js';
import { reauthenticated, reauthentication, type ReauthenticationWanted } from './reauthentications.schemas.js';
import { Reauthentications } from './reauthentications.service.js';

/** Proving again who one is. */
@Controller('sessions/current/reauthentication')
export class ReauthenticationsController {
  constructor(private readonly service: Reauthentications) {}

  @Post()
  @Endpoint({
    permission: 'self',
    summary: 'Prove again that it is you',
    description:
      'Needed before what guards the account changes (address, factors, deletion, export), when the sign-in was some ' +
      'minutes ago: such a route answers 403 "reauthentication_required".',
    status: 200,
    body: reauthentication,
    bodyExample: { password: 'correct horse battery staple' },
    response: reauthenticated,
    errors: [WrongPassword, AttemptsLocked],
    rateClass: 'auth',
    idempotent: false,
  })
  prove(@Who() who: Actor, @Input.body() { password }: ReauthenticationWanted, @From() from: Visitor) {
    return this.service.byPassword(requirePerson(who), password, from);
  }
}
