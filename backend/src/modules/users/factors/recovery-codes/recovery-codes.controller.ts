import { Controller, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, Who } from '#platform/http/index.js';
import { requirePerson } from '../../accounts/person.js';
import { ReauthenticationRequired } from '../../accounts/reauthentications/reauthentications.errors.js';
import { NoSecondFactor } from '../factors.errors.js';
import { recoveryCodes } from '../totp/totp.schemas.js';
import { RecoveryCodesService } from './recovery-codes.service.js';

/** The caller's recovery codes. */
@Controller('me/recovery-codes')
export class RecoveryCodesController {
  constructor(private readonly service: RecoveryCodesService) {}

  @Post()
  @Endpoint({
    permission: 'self',
    summary: 'Make new recovery codes',
    description: 'The earlier ones stop working.',
    response: z.object({ recoveryCodes }),
    example: { recoveryCodes: ['01abc-defgh-jkmnp-qrstv-wxyz2'] },
    errors: [NoSecondFactor, ReauthenticationRequired],
    oneTimeSecret: true,
  })
  async replace(@Who() who: Actor) {
    return { recoveryCodes: await this.service.replace(requirePerson(who)) };
  }
}
