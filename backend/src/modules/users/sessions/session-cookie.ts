import fastifyCookie from '@fastify/cookie';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InstanceConfig } from '#platform/config/index.js';
import { Transactions } from '#platform/database/index.js';
import { CsrfTokenRefused, ForeignOrigin, OwnOrigins } from '#platform/http/index.js';
import { CsrfTokens } from './csrf-tokens.js';
import { RefreshTokens } from './refresh-tokens.js';
import { SessionOver } from './sessions.errors.js';
import type { Grant } from './sessions.service.js';

const PATH = '/api/v1/sessions';

/**
 * The cookie that holds a browser's refresh token: out of reach of scripts, sent to the renewal only and from this site
 * only. Beside it stands one with the session's CSRF token, which pages of this host can read. Where the console is served
 * over https both are `Secure`, and their prefixes make browsers insist on that (RFC 6265bis, section 4.1.3).
 */
@Injectable()
export class SessionCookie {
  private readonly secure: boolean;
  private readonly name: string;
  private readonly csrfName: string;

  constructor(
    config: InstanceConfig,
    private readonly origins: OwnOrigins,
    private readonly csrf: CsrfTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly transactions: Transactions,
  ) {
    this.secure = config.origin.startsWith('https:');
    this.name = this.secure ? '__Secure-signalbox-session' : 'signalbox-session';
    this.csrfName = this.secure ? '__Host-signalbox-csrf' : 'signalbox-csrf';
  }

  /** Sets the cookies for as long as the session may live. @returns the CSRF token, for pages that cannot read the cookie */
  set(reply: FastifyReply, { refreshToken, session }: Grant): string {
    const token = this.csrf.make(session.id);
    this.write(reply, refreshToken, token, session.expiresAt);
    return token;
  }

  /** Removes the cookies, and has the browser remove what pages of this host stored (W3C Clear Site Data, section 3.1). */
  clear(reply: FastifyReply): void {
    this.write(reply, '', '', new Date(0));
    reply.header('Clear-Site-Data', '"storage"');
  }

  /**
   * The refresh token of the request's cookie, if it has one.
   *
   * @throws ForeignOrigin unless a page of ours sent it
   * @throws CsrfTokenRefused unless that page sent the session's token as `X-CSRF-Token` along
   * @throws SessionOver when the cookie is of no session
   */
  async read(request: FastifyRequest): Promise<string | undefined> {
    if (!request.routeOptions.config.endpoint?.cookieAuthority)
      throw new Error(`${request.routeOptions.url} does not declare that a cookie is its authority.`);
    const token = fastifyCookie.fastifyCookie.parse(request.headers.cookie ?? '')[this.name];
    if (!token) return undefined;
    if (this.origins.senderOf(request) !== 'own') throw new ForeignOrigin();
    const proof = request.headers['x-csrf-token'];
    if (typeof proof !== 'string') throw new CsrfTokenRefused();
    const sessionId = await this.refreshTokens.sessionOf(this.transactions.reader(), token);
    if (!sessionId) throw new SessionOver();
    if (!this.csrf.proves(sessionId, proof)) throw new CsrfTokenRefused();
    return token;
  }

  private write(reply: FastifyReply, refreshToken: string, csrfToken: string, expires: Date): void {
    const common = { secure: this.secure, sameSite: 'strict', expires } as const;
    const { serialize } = fastifyCookie.fastifyCookie;
    reply.header('Set-Cookie', serialize(this.name, refreshToken, { ...common, path: PATH, httpOnly: true }));
    reply.header('Set-Cookie', serialize(this.csrfName, csrfToken, { ...common, path: '/', httpOnly: false }));
  }
}
