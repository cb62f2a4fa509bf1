import { Controller, Get, Put } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, IfMatch, Input, NotFound, PreconditionFailed, ValidationFailed, Who } from '#platform/http/index.js';
import { requirePerson } from '../person.js';
import {
  type MembershipPath,
  membershipPath,
  preferences,
  type PreferencesChange,
  preferencesChange,
} from './preferences.schemas.js';
import { PreferencesService } from './preferences.service.js';

const bodyExample = { rules: [{ topic: 'deal', channel: 'mail', enabled: false }] };

/** Where the caller wants to be told. */
@Controller('me')
export class PreferencesController {
  constructor(private readonly service: PreferencesService) {}

  @Get('notification-preferences')
  @Endpoint({ permission: 'self', summary: 'Where you want to be told', response: preferences, etag: true })
  own(@Who() who: Actor) {
    return this.service.of(requirePerson(who), null);
  }

  @Put('notification-preferences')
  @Endpoint({
    permission: 'self',
    summary: 'Choose where you want to be told',
    description: 'Holds in every workspace that has no rules of its own. The inbox gets everything.',
    body: preferencesChange,
    response: preferences,
    errors: [ValidationFailed, PreconditionFailed],
    etag: true,
    bodyExample,
  })
  put(@Who() who: Actor, @Input.body() body: PreferencesChange, @IfMatch() ifMatch: string | undefined) {
    return this.service.put(requirePerson(who), null, body, ifMatch);
  }

  @Get('memberships/:membershipId/notification-preferences')
  @Endpoint({
    permission: 'self',
    summary: 'Where you want to be told in one workspace',
    params: membershipPath,
    response: preferences,
    errors: [NotFound],
    etag: true,
  })
  inWorkspace(@Who() who: Actor, @Input.params() { membershipId }: MembershipPath) {
    return this.service.of(requirePerson(who), membershipId);
  }

  @Put('memberships/:membershipId/notification-preferences')
  @Endpoint({
    permission: 'self',
    summary: 'Choose where you want to be told in one workspace',
    description: 'These rules come before those that hold in all of your workspaces; none means that those hold.',
    params: membershipPath,
    body: preferencesChange,
    response: preferences,
    errors: [NotFound, ValidationFailed, PreconditionFailed],
    etag: true,
    bodyExample,
  })
  putInWorkspace(
    @Who() who: Actor,
    @Input.params() { membershipId }: MembershipPath,
    @Input.body() body: PreferencesChange,
    @IfMatch() ifMatch: string | undefined,
  ) {
    return this.service.put(requirePerson(who), membershipId, body, ifMatch);
  }
}
