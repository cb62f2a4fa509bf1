import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Signatures } from '#platform/crypto/index.js';

const PURPOSE = 'csrf-token';
const TOKEN = /^([\w-]{22})\.([\w.-]{1,120})$/;

/**
 * Tokens that show a page could read what only pages of ours can: random, and signed together with the session's id, so
 * that one of another session, or one that an attacker plants, is worth nothing (the signed double-submit cookie of OWASP's
 * Cross-Site Request Forgery Prevention Cheat Sheet). Nothing of them is stored.
 */
@Injectable()
export class CsrfTokens {
  constructor(private readonly signatures: Signatures) {}

  /** A token for a session, `<random>.<key id>.<signature>`. Earlier ones stay good for as long as it lives. */
  make(sessionId: string): string {
    const random = randomBytes(16).toString('base64url');
    return `${random}.${this.signatures.sign(PURPOSE, signed(sessionId, random))}`;
  }

  /** True for a token that was made for this session. */
  proves(sessionId: string, token: string): boolean {
    const [, random, signature] = TOKEN.exec(token) ?? [];
    if (!random || !signature) return false;
    return this.signatures.verify(PURPOSE, signed(sessionId, random), signature);
  }
}

function signed(sessionId: string, random: string): string {
  return `${sessionId} ${random}`;
}
