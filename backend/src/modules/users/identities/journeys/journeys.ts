import { Injectable } from '@nestjs/common';
import { Transactions } from '#platform/database/index.js';
import { newToken, tokenHash } from '../../accounts/tokens.js';
import { Challenges } from '../../factors/challenges/challenges.js';
import { JourneyOver } from '../identities.errors.js';
import type { ExternalIdentity } from '../providers/provider.js';
import { SignInProviders } from '../providers/sign-in-providers.js';

/** How long a person may take at the issuer. */
export const JOURNEY_SECONDS = 600;

/** Who sets out, and what for. */
export interface Departure {
  provider: string;
  /** The token of the browser. */
  browser: string;
  /** Who links an identity, in which session; a sign-in when absent. */
  linkFor?: { userId: string; sessionId: string | null };
  /** The token of an invitation that a new account is to accept. */
  invitation?: string | undefined;
}

/** Who comes back. */
export interface Arrival {
  provider: string;
  browser: string | undefined;
  /** The query string that the issuer added to the callback. */
  response: string;
  linkFor?: { userId: string; sessionId: string | null };
}

/** What a journey brought. */
export interface Brought {
  external: ExternalIdentity;
  invitation?: string | undefined;
}

interface Kept {
  provider: string;
  intent: 'sign_in' | 'link';
  browser: string;
  nonce: string;
  verifier: string;
  invitation?: string;
}

/**
 * Journeys to other issuers and back. What one is bound to (state, nonce, PKCE verifier, browser, provider, and the session
 * that links) is kept here, sealed; a journey ends with the first answer, whatever it is worth.
 */
@Injectable()
export class Journeys {
  constructor(
    private readonly transactions: Transactions,
    private readonly challenges: Challenges,
    private readonly providers: SignInProviders,
  ) {}

  /** Where to send the browser. @throws UnknownProvider, IssuerUnavailable */
  async begin({ provider, browser, linkFor, invitation }: Departure): Promise<{ url: string; expiresAt: string }> {
    const chosen = this.providers.get(provider);
    const bindings = { state: newToken(), nonce: newToken(), verifier: newToken() };
    const url = await this.providers.authorizationUrl(chosen, bindings);
    const kept: Kept = {
      provider,
      intent: linkFor ? 'link' : 'sign_in',
      browser: digest(browser),
      nonce: bindings.nonce,
      verifier: bindings.verifier,
      ...(invitation === undefined ? {} : { invitation }),
    };
    const { expiresAt } = await this.transactions.run((em) =>
      this.challenges.issue(em, {
        purpose: 'identity',
        seconds: JOURNEY_SECONDS,
        ...linkFor,
        data: kept,
        token: bindings.state,
      }),
    );
    return { url, expiresAt: expiresAt.toISOString() };
  }

  /** @throws UnknownProvider, JourneyOver, IdentityRefused, IssuerUnavailable */
  async end({ provider, browser, response, linkFor }: Arrival): Promise<Brought> {
    const chosen = this.providers.get(provider);
    const states = new URLSearchParams(response).getAll('state');
    const [state = ''] = states;
    const challenge = await this.transactions.run((em) => this.challenges.take(em, 'identity', state));
    const kept = challenge?.data as Kept | undefined;
    const fits =
      challenge &&
      kept &&
      states.length === 1 &&
      kept.provider === provider &&
      browser !== undefined &&
      kept.browser === digest(browser) &&
      kept.intent === (linkFor ? 'link' : 'sign_in') &&
      challenge.userId === (linkFor?.userId ?? null) &&
      challenge.sessionId === (linkFor?.sessionId ?? null);
    if (!fits) throw new JourneyOver();
    const { nonce, verifier, invitation } = kept;
    return { external: await this.providers.identity(chosen, response, { state, nonce, verifier }), invitation };
  }
}

function digest(browser: string): string {
  return tokenHash(browser).toString('base64url');
}
