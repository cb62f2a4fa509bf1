import { Controller, Get } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, Who } from '#platform/http/index.js';
import { requirePerson } from '../accounts/person.js';
import { ownFactors } from './factors.schemas.js';
import { OwnFactorsService } from './own-factors.service.js';

/** What the caller has set up beside the password. */
@Controller('me/second-factors')
export class OwnFactorsController {
  constructor(private readonly service: OwnFactorsService) {}

  @Get()
  @Endpoint({ permission: 'self', summary: 'Your second factors', response: ownFactors })
  read(@Who() who: Actor) {
    return this.service.read(requirePerson(who));
  }
}
