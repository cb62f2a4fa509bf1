import fastifyCookie from '@fastify/cookie';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InstanceConfig } from '#platform/config/index.js';
import { newToken } from '../../accounts/tokens.js';
import { JOURNEY_SECONDS } from './journeys.js';

const TOKEN = /^[\w-]{43}$/;

/**
 * Binds a journey to another issuer to the browser that began it, so that nobody can be made to finish somebody else's. Over
 * https the name's prefix keeps other hosts of the domain from setting it (RFC 6265bis, section 4.1.3.2).
 */
@Injectable()
export class JourneyCookie {
  private readonly secure: boolean;
  private readonly name: string;

  constructor(config: InstanceConfig) {
    this.secure = config.origin.startsWith('https:');
    this.name = this.secure ? '__Host-signalbox-journey' : 'signalbox-journey';
  }

  /** The browser's token, made if it has none: journeys in several windows share it. Sets the cookie for as long as one lasts. */
  bind(request: FastifyRequest, reply: FastifyReply): string {
    const token = this.read(request) ?? newToken();
    const options = {
      path: '/',
      httpOnly: true,
      secure: this.secure,
      sameSite: 'strict',
      maxAge: JOURNEY_SECONDS,
    } as const;
    reply.header('Set-Cookie', fastifyCookie.fastifyCookie.serialize(this.name, token, options));
    return token;
  }

  /** The browser's token, if it has one. */
  read({ headers }: FastifyRequest): string | undefined {
    const token = fastifyCookie.fastifyCookie.parse(headers.cookie ?? '')[this.name];
    return token && TOKEN.test(token) ? token : undefined;
  }
}
