import { Controller, Delete, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Actor, WorkspaceReadOnly, WorkspaceSuspended } from '#platform/access/index.js';
import { Endpoint, Input, Who } from '#platform/http/index.js';
import { QuotaExceeded } from '#platform/quotas/index.js';
import { RegistrationClosed, SetupRequired } from '../accounts/accounts.errors.js';
import { requirePerson } from '../accounts/person.js';
import { ReauthenticationRequired } from '../accounts/reauthentications/reauthentications.errors.js';
import { RegistrationsService } from '../accounts/registrations.service.js';
import { LastSignInMethod } from '../factors/factors.errors.js';
import { InvitationClosed, OtherAddress } from '../members/members.errors.js';
import type { Visitor } from '../sessions/session.entity.js';
import { EmailUnverified } from '../sessions/sessions.errors.js';
import { entered } from '../sessions/sessions.schemas.js';
import { SignIns } from '../sessions/sign-ins.js';
import { From } from '../sessions/visitor.js';
import {
  AddressUnverified,
  IdentityLimit,
  IdentityRefused,
  IdentityTaken,
  IdentityUnlinked,
  IssuerUnavailable,
  JourneyOver,
  UnknownProvider,
} from './identities.errors.js';
import {
  identities,
  identity,
  type IdentityPath,
  identityPath,
  journey,
  type JourneyBegin,
  journeyBegin,
  type LinkBegin,
  linkBegin,
  type NewIdentity,
  newIdentity,
  type ProviderPath,
  providerPath,
  providers,
  type ProviderSignIn,
  providerSignIn,
} from './identities.schemas.js';
import { IdentitiesService } from './identities.service.js';
import { IdentitySignIns } from './identity-sign-ins.js';
import { JourneyCookie } from './journeys/journey-cookie.js';
import { Journeys } from './journeys/journeys.js';
import { SignInProviders } from './providers/sign-in-providers.js';

const EXAMPLE_URL =
  'https://id.example.com/authorize?client_id=signalbox&response_type=code&scope=openid+email+profile&state=…';
const EXAMPLE_RESPONSE = 'code=SplxlOBeZQQYbYS6WxSbIA&state=h3Jt0Zk2m1xq8u6Yp4Wc9Nn5Rr7Tt2Vv0Bb3Dd6Ff8g';

/** Signing in at another issuer. */
@Controller()
export class IdentitySignInsController {
  constructor(
    private readonly all: SignInProviders,
    private readonly journeys: Journeys,
    private readonly service: IdentitySignIns,
    private readonly cookie: JourneyCookie,
    private readonly signIns: SignIns,
    private readonly registrations: RegistrationsService,
  ) {}

  @Get('sign-in-providers')
  @Endpoint({
    permission: 'public',
    summary: 'Where else people may sign in, and who may sign up',
    response: providers,
    example: { items: [{ id: 'google', name: 'Google', preset: 'google' }], registration: 'invite' },
  })
  async list() {
    const items = this.all.all().map(({ id, name, preset }) => ({ id, name, preset }));
    return { items, registration: await this.registrations.policy() };
  }

  @Post('sign-in-providers/:providerId/journey')
  @Endpoint({
    permission: 'public',
    summary: 'Set out to sign in elsewhere',
    description:
      'Gives the address of the issuer and a cookie that binds the journey to this browser. The issuer sends it back to ' +
      '/sign-in/callback/<provider>; POST /sessions/provider ends the journey. It ends once, within ten minutes.',
    params: providerPath,
    body: journeyBegin,
    response: journey,
    example: { url: EXAMPLE_URL, expiresAt: '2027-03-14T09:36:53Z' },
    errors: [UnknownProvider, IssuerUnavailable],
    rateClass: 'auth',
    idempotent: false,
    oneTimeSecret: true,
  })
  begin(
    @Input.params() { providerId: provider }: ProviderPath,
    @Input.body() { invitation }: JourneyBegin,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.journeys.begin({ provider, browser: this.cookie.bind(request, reply), invitation });
  }

  @Post('sessions/provider')
  @Endpoint({
    permission: 'public',
    summary: 'Sign in with what another issuer answered',
    description:
      'An identity that is linked signs in to its account, which may ask for the second factor. One that is not linked opens ' +
      'a new account, where registration or an invitation allows it and the issuer says that the address is confirmed; it ' +
      'never joins an account that exists.',
    body: providerSignIn,
    bodyExample: { provider: 'google', response: EXAMPLE_RESPONSE, transport: 'cookie' },
    response: entered,
    errors: [
      UnknownProvider,
      JourneyOver,
      IdentityRefused,
      IssuerUnavailable,
      AddressUnverified,
      IdentityUnlinked,
      EmailUnverified,
      SetupRequired,
      RegistrationClosed,
      InvitationClosed,
      OtherAddress,
      WorkspaceReadOnly,
      WorkspaceSuspended,
      QuotaExceeded,
    ],
    rateClass: 'auth',
    idempotent: false,
    oneTimeSecret: true,
  })
  async signIn(
    @Input.body() body: ProviderSignIn,
    @From() from: Visitor,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const entry = await this.service.signIn(body, this.cookie.read(request), from);
    return this.signIns.entry(entry, body.transport, reply);
  }
}

/** The caller's identities at other issuers. */
@Controller('me/identities')
export class IdentitiesController {
  constructor(
    private readonly service: IdentitiesService,
    private readonly cookie: JourneyCookie,
  ) {}

  @Get()
  @Endpoint({ permission: 'self', summary: 'Your accounts elsewhere that sign you in', response: identities })
  list(@Who() who: Actor) {
    return this.service.list(requirePerson(who));
  }

  @Post('journey')
  @Endpoint({
    permission: 'self',
    summary: 'Set out to link an account elsewhere',
    description: 'As for a sign-in; POST /me/identities ends the journey, in this session and browser.',
    body: linkBegin,
    bodyExample: { provider: 'google' },
    response: journey,
    example: { url: EXAMPLE_URL, expiresAt: '2027-03-14T09:36:53Z' },
    errors: [UnknownProvider, IssuerUnavailable, IdentityLimit, ReauthenticationRequired],
    idempotent: false,
    oneTimeSecret: true,
  })
  begin(
    @Who() who: Actor,
    @Input.body() { provider }: LinkBegin,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.service.begin(requirePerson(who), provider, this.cookie.bind(request, reply));
  }

  @Post()
  @Endpoint({
    permission: 'self',
    summary: 'Link the account elsewhere that you came back from',
    body: newIdentity,
    bodyExample: { provider: 'google', response: EXAMPLE_RESPONSE },
    response: identity,
    errors: [UnknownProvider, JourneyOver, IdentityRefused, IssuerUnavailable, IdentityTaken, IdentityLimit],
    idempotent: false,
  })
  link(@Who() who: Actor, @Input.body() body: NewIdentity, @Req() request: FastifyRequest) {
    return this.service.link(requirePerson(who), body, this.cookie.read(request));
  }

  @Delete(':identityId')
  @Endpoint({
    permission: 'self',
    summary: 'Unlink an account elsewhere',
    params: identityPath,
    status: 204,
    errors: [LastSignInMethod, ReauthenticationRequired],
  })
  unlink(@Who() who: Actor, @Input.params() { identityId }: IdentityPath) {
    return this.service.unlink(requirePerson(who), identityId);
  }
}
