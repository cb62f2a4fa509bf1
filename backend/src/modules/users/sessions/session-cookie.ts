import fastifyCookie from '@fastify/cookie';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InstanceConfig } from '#platform/config/index.js';
import { HttpConfig } from '#platform/http/index.js';
import type { Grant } from './sessions.service.js';
import { ForeignOrigin } from './sessions.errors.js';

const PATH = '/api/v1/sessions';

/**
 * The cookie that holds a browser's refresh token: out of reach of scripts, sent to the renewal only and from this site
 * only. Where the console is served over https it is `Secure`, and its prefix makes browsers insist on that.
 */
@Injectable()
export class SessionCookie {
  private readonly secure: boolean;
  private readonly name: string;

  constructor(
    private readonly config: InstanceConfig,
    private readonly http: HttpConfig,
  ) {
    this.secure = config.origin.startsWith('https:');
    this.name = this.secure ? '__Secure-signalbox-session' : 'signalbox-session';
  }

  /** Sets the cookie for as long as the session may live. */
  set(reply: FastifyReply, { refreshToken, session }: Grant): void {
    this.write(reply, refreshToken, session.expiresAt);
  }

  /** Removes the cookie. */
  clear(reply: FastifyReply): void {
    this.write(reply, '', new Date(0));
  }

  /**
   * The refresh token of the request's cookie, if it has one.
   *
   * @throws ForeignOrigin when a page of another site made the browser send it
   */
  read(request: FastifyRequest): string | undefined {
    const token = fastifyCookie.fastifyCookie.parse(request.headers.cookie ?? '')[this.name];
    if (!token) return undefined;
    if (!this.sameOrigin(request)) throw new ForeignOrigin();
    return token;
  }

  /**
   * A browser names the origin of every POST. It is ours when it is the public one, one that the settings allow, or, over
   * the public one's scheme, that of the host which the request was sent to: no page can make a browser lie about these.
   */
  private sameOrigin({ headers }: FastifyRequest): boolean {
    const { origin } = headers;
    if (!origin || !URL.canParse(origin)) return false;
    const [sent, own] = [new URL(origin), new URL(this.config.origin)];
    if (sent.origin === own.origin || this.http.corsOrigins.includes(sent.origin)) return true;
    return sent.protocol === own.protocol && sent.host === headers.host;
  }

  private write(reply: FastifyReply, value: string, expires: Date): void {
    const options = { path: PATH, httpOnly: true, secure: this.secure, sameSite: 'strict', expires } as const;
    reply.header('Set-Cookie', fastifyCookie.fastifyCookie.serialize(this.name, value, options));
  }
}
