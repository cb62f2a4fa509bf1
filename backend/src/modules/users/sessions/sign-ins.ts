import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { profileOf } from '../accounts/profile.service.js';
import { FamiliarBrowsers } from '../guessing/familiar-browsers.js';
import { ACCESS_TOKEN_SECONDS, AccessTokens } from './access-tokens.js';
import { SessionCookie } from './session-cookie.js';
import type { entered, signedIn, Tokens } from './sessions.schemas.js';
import type { Entry, Grant } from './sessions.service.js';

/** How a client wants its refresh token. */
export type Transport = 'cookie' | 'body';

/** Hands the tokens of a session to a client. */
@Injectable()
export class SignIns {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly cookie: SessionCookie,
    private readonly browsers: FamiliarBrowsers,
  ) {}

  /** The answer to a sign-in or sign-up; sets the cookies when that is the transport. */
  answer(grant: Grant, transport: Transport, reply: FastifyReply): z.infer<typeof signedIn> {
    if (transport === 'cookie') this.browsers.remember(reply, grant.account.emailKey, grant.browserId);
    return { state: 'signed_in', ...this.tokens(grant, transport, reply), person: profileOf(grant.account) };
  }

  /** The answer to a first factor: what `answer` gives, or the question for the second. */
  entry(entry: Entry, transport: Transport, reply: FastifyReply): z.infer<typeof entered> {
    return 'state' in entry ? entry : this.answer(entry, transport, reply);
  }

  /** The answer to a renewal, likewise. */
  tokens(grant: Grant, transport: Transport, reply: FastifyReply): Tokens {
    const { session, refreshToken } = grant;
    const csrfToken = transport === 'cookie' ? this.cookie.set(reply, grant) : null;
    return {
      accessToken: this.accessTokens.sign(session),
      tokenType: 'Bearer',
      expiresIn: ACCESS_TOKEN_SECONDS,
      refreshToken: transport === 'body' ? refreshToken : null,
      csrfToken,
      sessionId: session.id,
      sessionExpiresAt: session.expiresAt.toISOString(),
    };
  }
}
