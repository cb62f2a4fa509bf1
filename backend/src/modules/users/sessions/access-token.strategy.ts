import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { InstanceConfig } from '#platform/config/index.js';
import { KeyRing, Signatures } from '#platform/crypto/index.js';
import { Unauthenticated } from '#platform/errors/index.js';
import { AUDIENCE, claims, type Claims, SIGNING_PURPOSE } from './claims.js';

type Verdict = { success: (found: Claims) => void; fail: (why: unknown) => void; error: (fault: Error) => void };

/**
 * passport-jwt's check of an access token: signature under the key that the token names, this algorithm only, our issuer
 * and audience, not expired.
 */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, 'access-token') {
  constructor(config: InstanceConfig, ring: KeyRing, signatures: Signatures) {
    super({
      jwtFromRequest: (request: unknown) => (request as { token: string }).token || null,
      secretOrKeyProvider: (_request: unknown, token: string, done: (fault: unknown, key?: Buffer) => void) => {
        const keyId = keyIdOf(token);
        if (keyId && ring.has(keyId)) done(null, signatures.key(SIGNING_PURPOSE, keyId));
        else done(new Error('The token names no key of this instance.'));
      },
      algorithms: ['HS256'],
      issuer: config.origin,
      audience: AUDIENCE,
    });
  }

  /** Called by passport with what a sound token says. */
  validate(payload: unknown): Claims | null {
    return claims.safeParse(payload).data ?? null;
  }

  /**
   * Runs the strategy on one token, outside passport's middleware: the platform's guard is the one place that decides.
   *
   * @throws Unauthenticated when the token is not accepted
   */
  verify(token: string): Promise<Claims> {
    return new Promise((resolve, reject) => {
      const verdict: Verdict = {
        success: resolve,
        fail: () =>
          reject(new Unauthenticated('The access token is not valid or has expired: renew it or sign in again.')),
        error: reject,
      };
      const attempt = Object.assign(Object.create(this) as this, verdict);
      (attempt.authenticate as (request: unknown) => void)({ token });
    });
  }
}

function keyIdOf(token: string): string | undefined {
  const header = token.split('.', 1)[0] ?? '';
  try {
    const parsed = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as { kid?: unknown } | null;
    return typeof parsed?.kid === 'string' ? parsed.kid : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
