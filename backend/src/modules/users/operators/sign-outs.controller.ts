import { Controller, Post } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, Input, NotFound, Who } from '#platform/http/index.js';
import { ReauthenticationRequired } from '../accounts/reauthentications/reauthentications.errors.js';
import { requirePerson } from '../accounts/person.js';
import { type NewSignOut, newSignOut, signOut } from './sign-outs.schemas.js';
import { SignOutsService } from './sign-outs.service.js';

/** Signing somebody out everywhere; for operators. */
@Controller('instance/sign-outs')
export class SignOutsController {
  constructor(private readonly service: SignOutsService) {}

  @Post()
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Sign somebody out everywhere',
    description:
      'All sessions of the person end within a second, and sign-ins that wait for a second factor with them. Passwords, second ' +
      'factors and API keys stay as they are. It is recorded in the system workspace.',
    status: 200,
    body: newSignOut,
    bodyExample: { email: 'ada@example.com' },
    response: signOut,
    errors: [NotFound, ReauthenticationRequired],
  })
  create(@Who() who: Actor, @Input.body() { email }: NewSignOut) {
    return this.service.create(requirePerson(who), email);
  }
}
