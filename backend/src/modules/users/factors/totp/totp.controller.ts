import { Controller, Delete, Post } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, Input, Who } from '#platform/http/index.js';
import { requirePerson } from '../../accounts/person.js';
import { ReauthenticationRequired } from '../../accounts/reauthentications/reauthentications.errors.js';
import { CodeRefused, TotpActive, TotpMissing } from '../factors.errors.js';
import { type TotpConfirmation, totpConfirmation, totpEnrolment, withRecoveryCodes } from './totp.schemas.js';
import { TotpService } from './totp.service.js';

const EXAMPLE_SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

/** The caller's authenticator app. */
@Controller('me/totp')
export class TotpController {
  constructor(private readonly service: TotpService) {}

  @Post()
  @Endpoint({
    permission: 'self',
    summary: 'Set up an authenticator app',
    description:
      'Gives a new secret. It changes nothing about the sign-in before a first code confirms it; asking again gives ' +
      'another secret.',
    response: totpEnrolment,
    example: {
      secret: EXAMPLE_SECRET,
      uri: `otpauth://totp/Signalbox%20box.example.com:ada%40example.com?issuer=Signalbox%20box.example.com&secret=${EXAMPLE_SECRET}&algorithm=SHA1&digits=6&period=30`,
    },
    errors: [TotpActive, ReauthenticationRequired],
    oneTimeSecret: true,
  })
  enrol(@Who() who: Actor) {
    return this.service.enrol(requirePerson(who));
  }

  @Post('confirmation')
  @Endpoint({
    permission: 'self',
    summary: 'Confirm the authenticator app by its first code',
    description:
      'From now on signing in asks for a second factor. With the first factor come recovery codes, and your other ' +
      'sessions end.',
    status: 200,
    body: totpConfirmation,
    bodyExample: { code: '287082' },
    response: withRecoveryCodes,
    errors: [CodeRefused, TotpMissing, TotpActive],
    rateClass: 'auth',
    oneTimeSecret: true,
  })
  async confirm(@Who() who: Actor, @Input.body() { code }: TotpConfirmation) {
    return { recoveryCodes: await this.service.confirm(requirePerson(who), code) };
  }

  @Delete()
  @Endpoint({
    permission: 'self',
    summary: 'Turn the authenticator app off',
    description: 'When it was the last second factor, the recovery codes go with it.',
    status: 204,
    errors: [TotpMissing, ReauthenticationRequired],
  })
  disable(@Who() who: Actor) {
    return this.service.disable(requirePerson(who));
  }
}
