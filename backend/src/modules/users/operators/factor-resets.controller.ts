import { Controller, Post } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, Input, NotFound, Who } from '#platform/http/index.js';
import { ReauthenticationRequired } from '../accounts/reauthentications/reauthentications.errors.js';
import { requirePerson } from '../accounts/person.js';
import { factorReset, type NewFactorReset, newFactorReset } from './factor-resets.schemas.js';
import { FactorResetsService } from './factor-resets.service.js';
import { OwnSecondFactors } from './operators.errors.js';

/** Helping somebody who lost every second factor; for operators. */
@Controller('instance/second-factor-resets')
export class FactorResetsController {
  constructor(private readonly service: FactorResetsService) {}

  @Post()
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Remove the second factors of somebody who lost them',
    description:
      'Make sure before that it is them who ask. Authenticator app, passkeys and recovery codes are removed, and all sessions ' +
      'end; the password stays, and signs in alone from then on. The person is told by mail. It is recorded in the system ' +
      'workspace. Where there is no second factor, nothing happens.',
    status: 200,
    body: newFactorReset,
    bodyExample: { email: 'ada@example.com' },
    response: factorReset,
    errors: [NotFound, OwnSecondFactors, ReauthenticationRequired],
  })
  create(@Who() who: Actor, @Input.body() { email }: NewFactorReset) {
    return this.service.create(requirePerson(who), email);
  }
}
