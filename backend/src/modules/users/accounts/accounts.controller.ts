import { Controller, Get, Patch, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Actor, WorkspaceReadOnly, WorkspaceSuspended } from '#platform/access/index.js';
import { Endpoint, IfMatch, Input, PreconditionFailed, Who } from '#platform/http/index.js';
import { QuotaExceeded } from '#platform/quotas/index.js';
import { FamiliarBrowsers } from '../guessing/familiar-browsers.js';
import { InvitationClosed, OtherAddress } from '../members/members.errors.js';
import type { Visitor } from '../sessions/session.entity.js';
import { registered } from '../sessions/sessions.schemas.js';
import { SignIns } from '../sessions/sign-ins.js';
import { From } from '../sessions/visitor.js';
import { SetupCodeRefused } from '../setup/setup.errors.js';
import { EmailTaken, LinkExpired, RegistrationClosed, SetupRequired } from './accounts.errors.js';
import {
  accepted,
  type Addressed,
  addressed,
  type LinkUse,
  linkUse,
  type PasswordReset,
  passwordReset,
  type PreferencesChange,
  preferencesChange,
  profile,
  type Registration,
  registration,
} from './accounts.schemas.js';
import { EmailVerificationsService } from './email-verifications.service.js';
import { PasswordResetsService } from './password-resets.service.js';
import { requirePerson } from './person.js';
import { ProfileService } from './profile.service.js';
import { RegistrationsService } from './registrations.service.js';

/** Signing up. */
@Controller('registrations')
export class RegistrationsController {
  constructor(
    private readonly service: RegistrationsService,
    private readonly signIns: SignIns,
  ) {}

  @Post()
  @Endpoint({
    permission: 'public',
    summary: 'Sign up',
    description:
      'The first person gives the setup code that the server printed, others the token of an invitation; both are signed ' +
      'in at once. Where registration is open, anybody else gets a mail with a link that confirms the address.',
    body: registration,
    response: registered,
    errors: [
      SetupCodeRefused,
      SetupRequired,
      RegistrationClosed,
      InvitationClosed,
      OtherAddress,
      EmailTaken,
      WorkspaceReadOnly,
      WorkspaceSuspended,
      QuotaExceeded,
    ],
    rateClass: 'auth',
    idempotent: false,
    oneTimeSecret: true,
  })
  async register(
    @Input.body() body: Registration,
    @From() from: Visitor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const grant = await this.service.register(body, from);
    return grant
      ? { state: 'signed_in', session: this.signIns.answer(grant, body.transport, reply) }
      : { state: 'verification_sent', session: null };
  }
}

/** Confirming an address. */
@Controller('email-verifications')
export class EmailVerificationsController {
  constructor(private readonly service: EmailVerificationsService) {}

  @Post()
  @Endpoint({
    permission: 'public',
    summary: 'Ask for another confirmation link',
    description: 'The answer is the same whether or not the address has an account.',
    status: 202,
    body: addressed,
    response: accepted,
    rateClass: 'auth',
  })
  request(@Input.body() body: Addressed) {
    return this.service.request(body);
  }

  @Post('completion')
  @Endpoint({
    permission: 'public',
    summary: 'Confirm an address by the mailed link',
    status: 204,
    body: linkUse,
    errors: [LinkExpired],
    rateClass: 'auth',
    idempotent: false,
  })
  complete(@Input.body() { token }: LinkUse, @From() from: Visitor) {
    return this.service.complete(token, from);
  }
}

/** Setting a forgotten password anew. */
@Controller('password-resets')
export class PasswordResetsController {
  constructor(
    private readonly service: PasswordResetsService,
    private readonly browsers: FamiliarBrowsers,
  ) {}

  @Post()
  @Endpoint({
    permission: 'public',
    summary: 'Ask for a link to set a new password',
    description: 'The answer is the same whether or not the address has an account.',
    status: 202,
    body: addressed,
    response: accepted,
    rateClass: 'auth',
  })
  request(@Input.body() body: Addressed, @From() from: Visitor) {
    return this.service.request(body, from);
  }

  @Post('completion')
  @Endpoint({
    permission: 'public',
    summary: 'Set a new password by the mailed link',
    description: 'Ends every session of the person.',
    status: 204,
    body: passwordReset,
    errors: [LinkExpired],
    rateClass: 'auth',
    idempotent: false,
  })
  async complete(
    @Input.body() body: PasswordReset,
    @From() from: Visitor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    this.browsers.remember(reply, await this.service.complete(body, from));
  }
}

/** The caller's own account. */
@Controller('me')
export class ProfileController {
  constructor(private readonly service: ProfileService) {}

  @Get()
  @Endpoint({ permission: 'self', summary: 'Your account and preferences', response: profile, etag: true })
  read(@Who() who: Actor) {
    return this.service.read(requirePerson(who));
  }

  @Patch()
  @Endpoint({
    permission: 'self',
    summary: 'Change your name and preferences',
    body: preferencesChange,
    response: profile,
    errors: [PreconditionFailed],
    etag: true,
  })
  change(@Who() who: Actor, @Input.body() body: PreferencesChange, @IfMatch() ifMatch?: string) {
    return this.service.change(requirePerson(who), body, ifMatch);
  }
}
