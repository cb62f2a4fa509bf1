import { Controller, Put } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, Input, Who } from '#platform/http/index.js';
import { AttemptsLocked } from '../../guessing/guessing.errors.js';
import type { Visitor } from '../../sessions/session.entity.js';
import { From } from '../../sessions/visitor.js';
import { requirePerson } from '../person.js';
import { ReauthenticationRequired, WrongPassword } from '../reauthentications/reauthentications.errors.js';
import { type PasswordChange, passwordChange } from './password-changes.schemas.js';
import { PasswordChangesService } from './password-changes.service.js';

/** One's own password. */
@Controller('me/password')
export class PasswordChangesController {
  constructor(private readonly service: PasswordChangesService) {}

  @Put()
  @Endpoint({
    permission: 'self',
    summary: 'Change your password',
    description: 'Ends your other sessions and mails you a notice. Mailed links that set a password stop working.',
    status: 204,
    body: passwordChange,
    bodyExample: { currentPassword: 'correct horse battery staple', newPassword: 'a sturdier horse, more staples' },
    errors: [WrongPassword, ReauthenticationRequired, AttemptsLocked],
    rateClass: 'auth',
  })
  change(@Who() who: Actor, @Input.body() body: PasswordChange, @From() from: Visitor) {
    return this.service.change(requirePerson(who), body, from);
  }
}
