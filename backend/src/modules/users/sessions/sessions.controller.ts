import { Controller, Delete, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, Input, Who } from '#platform/http/index.js';
import { requirePerson } from '../accounts/person.js';
import { AttemptsLocked } from '../guessing/guessing.errors.js';
import type { Visitor } from './session.entity.js';
import { SessionCookie } from './session-cookie.js';
import { EmailUnverified, InvalidCredentials, SessionOver } from './sessions.errors.js';
import { entered, type Renewal, renewal, type SignIn, signIn, tokens } from './sessions.schemas.js';
import { SessionsService } from './sessions.service.js';
import { SignIns } from './sign-ins.js';
import { From } from './visitor.js';

/** Sign-in, renewal, sign-out. */
@Controller('sessions')
export class SessionsController {
  constructor(
    private readonly service: SessionsService,
    private readonly signIns: SignIns,
    private readonly cookie: SessionCookie,
  ) {}

  @Post()
  @Endpoint({
    permission: 'public',
    summary: 'Sign in',
    description:
      'Gives an access token of 15 minutes and a refresh token that renews it; or, to a person with a second factor, the ' +
      'question that POST /sessions/second-factor answers.',
    body: signIn,
    response: entered,
    errors: [InvalidCredentials, EmailUnverified, AttemptsLocked],
    rateClass: 'auth',
    idempotent: false,
    oneTimeSecret: true,
  })
  async signIn(@Input.body() body: SignIn, @From() from: Visitor, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.signIns.entry(await this.service.signIn(body, from), body.transport, reply);
  }

  @Post('current/renewal')
  @Endpoint({
    permission: 'public',
    summary: 'Renew the access token',
    description:
      'Takes the refresh token from the body, or from the cookie that a page of the console sends with its X-CSRF-Token, ' +
      'and replaces it. A token that was replaced more than ten seconds ago ends the session: somebody else may hold it.',
    body: renewal,
    response: tokens,
    errors: [SessionOver],
    cookieAuthority: true,
    idempotent: false,
    oneTimeSecret: true,
  })
  async renew(
    @Input.body() { refreshToken }: Renewal,
    @From() from: Visitor,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const token = refreshToken ?? (await this.cookie.read(request));
    if (!token) throw new SessionOver();
    const grant = await this.service.renew(token, from);
    return this.signIns.tokens(grant, refreshToken ? 'body' : 'cookie', reply);
  }

  @Delete('current')
  @Endpoint({ permission: 'self', summary: 'Sign out', status: 204 })
  async signOut(@Who() who: Actor, @Res({ passthrough: true }) reply: FastifyReply) {
    await this.service.signOut(requirePerson(who));
    this.cookie.clear(reply);
  }
}
