import { Controller, Delete, Patch, Post } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, Input, Who } from '#platform/http/index.js';
import { requirePerson } from '../../accounts/person.js';
import { ReauthenticationRequired } from '../../accounts/reauthentications/reauthentications.errors.js';
import {
  LastSignInMethod,
  PasskeyKnown,
  PasskeyLimit,
  PasskeysUnavailable,
  PasskeyUnverified,
} from '../factors.errors.js';
import { attestationExample, creationExample } from './passkeys.examples.js';
import {
  creationOptions,
  type NewPasskey,
  newPasskey,
  passkey,
  passkeyAdded,
  type PasskeyChange,
  passkeyChange,
  type PasskeyPath,
  passkeyPath,
} from './passkeys.schemas.js';
import { PasskeysService } from './passkeys.service.js';

/** The caller's passkeys. */
@Controller('me/passkeys')
export class PasskeysController {
  constructor(private readonly service: PasskeysService) {}

  @Post('challenge')
  @Endpoint({
    permission: 'self',
    summary: 'Begin to add a passkey',
    description: 'Gives what navigator.credentials.create() is asked with. It works once, for five minutes.',
    response: creationOptions,
    example: creationExample,
    errors: [PasskeyLimit, PasskeysUnavailable, ReauthenticationRequired],
    oneTimeSecret: true,
  })
  begin(@Who() who: Actor) {
    return this.service.invite(requirePerson(who));
  }

  @Post()
  @Endpoint({
    permission: 'self',
    summary: 'Add a passkey',
    description:
      'Takes the answer of navigator.credentials.create(). The passkey signs in without a password, and it is a second ' +
      'factor after one. With the first factor come recovery codes, and your other sessions end.',
    body: newPasskey,
    bodyExample: { name: 'Laptop', credential: attestationExample },
    response: passkeyAdded,
    errors: [PasskeyUnverified, PasskeyKnown, PasskeyLimit, PasskeysUnavailable],
    oneTimeSecret: true,
  })
  add(@Who() who: Actor, @Input.body() body: NewPasskey) {
    return this.service.add(requirePerson(who), body);
  }

  @Patch(':passkeyId')
  @Endpoint({
    permission: 'self',
    summary: 'Rename a passkey',
    params: passkeyPath,
    body: passkeyChange,
    response: passkey,
  })
  rename(@Who() who: Actor, @Input.params() { passkeyId }: PasskeyPath, @Input.body() { name }: PasskeyChange) {
    return this.service.rename(requirePerson(who), passkeyId, name);
  }

  @Delete(':passkeyId')
  @Endpoint({
    permission: 'self',
    summary: 'Remove a passkey',
    description: 'When it was the last second factor, the recovery codes go with it.',
    params: passkeyPath,
    status: 204,
    errors: [LastSignInMethod, ReauthenticationRequired],
  })
  remove(@Who() who: Actor, @Input.params() { passkeyId }: PasskeyPath) {
    return this.service.remove(requirePerson(who), passkeyId);
  }
}
