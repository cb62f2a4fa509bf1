import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { LRUCache } from 'lru-cache';
import { InstanceConfig } from '#platform/config/index.js';
import { Signatures } from '#platform/crypto/index.js';
import { AccessTokenStrategy } from './access-token.strategy.js';
import { AUDIENCE, type Claims, SIGNING_PURPOSE } from './claims.js';

/** Seconds that an access token works. */
export const ACCESS_TOKEN_SECONDS = 15 * 60;

/** Longer ones are not ours: they are refused before any work. */
const MAX_LENGTH = 2048;

/** Makes and checks access tokens: JSON Web Tokens signed with HMAC-SHA-256 under a key derived from the master keys. */
@Injectable()
export class AccessTokens {
  // A token is verified once and remembered under its digest until it expires; what may change is checked elsewhere.
  private readonly verified = new LRUCache<string, Claims>({ max: 20_000 });

  constructor(
    private readonly jwt: JwtService,
    private readonly strategy: AccessTokenStrategy,
    private readonly signatures: Signatures,
    private readonly config: InstanceConfig,
  ) {}

  /** A token for a session of a person. */
  sign(session: { id: string; userId: string }): string {
    const keyId = this.signatures.keyId();
    return this.jwt.sign(
      { sid: session.id },
      {
        algorithm: 'HS256',
        keyid: keyId,
        secret: this.signatures.key(SIGNING_PURPOSE, keyId),
        issuer: this.config.origin,
        audience: AUDIENCE,
        subject: session.userId,
        expiresIn: ACCESS_TOKEN_SECONDS,
      },
    );
  }

  /** @throws Unauthenticated when the token is forged, foreign, malformed or expired */
  async verify(token: string): Promise<Claims> {
    const digest = token.length <= MAX_LENGTH ? hash('sha256', token, 'base64') : '';
    const known = this.verified.get(digest);
    if (known) return known;
    const claims = await this.strategy.verify(token.length <= MAX_LENGTH ? token : '');
    this.verified.set(digest, claims, { ttl: Math.max(1, claims.exp * 1000 - Date.now()) });
    return claims;
  }
}
