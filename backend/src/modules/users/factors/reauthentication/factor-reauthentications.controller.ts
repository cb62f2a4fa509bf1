import { Controller, Post } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, Input, Who } from '#platform/http/index.js';
import { requirePerson } from '../../accounts/person.js';
import { reauthenticated } from '../../accounts/reauthentications/reauthentications.schemas.js';
import { AttemptsLocked } from '../../guessing/guessing.errors.js';
import type { Visitor } from '../../sessions/session.entity.js';
import { From } from '../../sessions/visitor.js';
import { FactorUnproved, PasskeysUnavailable } from '../factors.errors.js';
import { type FactorReauthentication, factorReauthentication } from '../factors.schemas.js';
import { requestExample } from '../passkeys/passkeys.examples.js';
import { requestOptions } from '../passkeys/passkeys.schemas.js';
import { FactorReauthentications } from './factor-reauthentications.js';

/** Proving again who one is, by something else than the password. */
@Controller('sessions/current/reauthentication')
export class FactorReauthenticationsController {
  constructor(private readonly service: FactorReauthentications) {}

  @Post('passkey-challenge')
  @Endpoint({
    permission: 'self',
    summary: 'Begin to prove by a passkey that it is you',
    description:
      'Gives what navigator.credentials.get() is asked with. It works once, for five minutes, in this session.',
    response: requestOptions,
    example: requestExample,
    errors: [PasskeysUnavailable],
    idempotent: false,
    oneTimeSecret: true,
  })
  begin(@Who() who: Actor) {
    return this.service.begin(requirePerson(who));
  }

  @Post('second-factor')
  @Endpoint({
    permission: 'self',
    summary: 'Prove by your authenticator app or a passkey that it is you',
    description: 'As good as the password, before what guards the account changes.',
    status: 200,
    body: factorReauthentication,
    bodyExample: { proof: { method: 'totp', code: '287082' } },
    response: reauthenticated,
    errors: [FactorUnproved, AttemptsLocked],
    rateClass: 'auth',
    idempotent: false,
  })
  prove(@Who() who: Actor, @Input.body() { proof }: FactorReauthentication, @From() from: Visitor) {
    return this.service.prove(requirePerson(who), proof, from);
  }
}
