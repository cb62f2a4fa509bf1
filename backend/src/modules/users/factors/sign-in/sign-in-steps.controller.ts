import { Controller, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Endpoint, Input } from '#platform/http/index.js';
import { AttemptsLocked } from '../../guessing/guessing.errors.js';
import type { Visitor } from '../../sessions/session.entity.js';
import { EmailUnverified } from '../../sessions/sessions.errors.js';
import { signedIn } from '../../sessions/sessions.schemas.js';
import { SignIns } from '../../sessions/sign-ins.js';
import { From } from '../../sessions/visitor.js';
import { ChallengeOver, FactorRefused, PasskeyRefused, PasskeysUnavailable } from '../factors.errors.js';
import { type PasskeySignIn, passkeySignIn, type SecondStep, secondStep } from '../factors.schemas.js';
import { assertionExample, requestExample } from '../passkeys/passkeys.examples.js';
import { requestOptions } from '../passkeys/passkeys.schemas.js';
import { PasskeySignIns } from './passkey-sign-ins.js';
import { SecondFactorSignIns } from './second-factor-sign-ins.js';

/** Signing in by more, or by something else, than a password. */
@Controller('sessions')
export class SignInStepsController {
  constructor(
    private readonly secondFactors: SecondFactorSignIns,
    private readonly passkeys: PasskeySignIns,
    private readonly signIns: SignIns,
  ) {}

  @Post('second-factor')
  @Endpoint({
    permission: 'public',
    summary: 'Complete a sign-in by a second factor',
    description:
      'For a sign-in that answered "second_factor_required". A challenge bears five wrong proofs; a passkey that is ' +
      'refused ends it at once.',
    body: secondStep,
    bodyExample: {
      challenge: 'h3Jt0Zk2m1xq8u6Yp4Wc9Nn5Rr7Tt2Vv0Bb3Dd6Ff8g',
      proof: { method: 'totp', code: '287082' },
      transport: 'cookie',
    },
    response: signedIn,
    errors: [ChallengeOver, FactorRefused, AttemptsLocked],
    rateClass: 'auth',
    idempotent: false,
    oneTimeSecret: true,
  })
  async complete(
    @Input.body() body: SecondStep,
    @From() from: Visitor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.signIns.answer(await this.secondFactors.complete(body, from), body.transport, reply);
  }

  @Post('passkey-challenge')
  @Endpoint({
    permission: 'public',
    summary: 'Begin to sign in by a passkey',
    description:
      'Gives what navigator.credentials.get() is asked with, for any passkey of this site. It works once, for five minutes.',
    response: requestOptions,
    example: requestExample,
    errors: [PasskeysUnavailable],
    rateClass: 'auth',
    idempotent: false,
    oneTimeSecret: true,
  })
  begin() {
    return this.passkeys.begin();
  }

  @Post('passkey')
  @Endpoint({
    permission: 'public',
    summary: 'Sign in by a passkey alone',
    description:
      'Takes the answer of navigator.credentials.get(). The passkey must have verified its owner, by a PIN or a ' +
      'finger: then no second factor is asked for.',
    body: passkeySignIn,
    bodyExample: { credential: assertionExample, transport: 'cookie' },
    response: signedIn,
    errors: [PasskeyRefused, EmailUnverified, PasskeysUnavailable],
    rateClass: 'auth',
    idempotent: false,
    oneTimeSecret: true,
  })
  async signIn(
    @Input.body() { credential, transport }: PasskeySignIn,
    @From() from: Visitor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.signIns.answer(await this.passkeys.signIn(credential, from), transport, reply);
  }
}
