import { Injectable, Logger } from '@nestjs/common';
import {
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientError,
  fetchUserInfo,
  type IDToken,
  ResponseBodyError,
  type UserInfoResponse,
} from 'openid-client';
import { InstanceConfig } from '#platform/config/index.js';
import { DomainError } from '#platform/errors/index.js';
import { IdentitiesConfig } from '../identities.config.js';
import { IdentityRefused, IssuerUnavailable, UnknownProvider } from '../identities.errors.js';
import { GithubPeople } from './github-people.js';
import { connectionWords } from './issuer-requests.js';
import { Issuers } from './issuers.js';
import type { ExternalIdentity, SignInProvider } from './provider.js';

/** What one journey to an issuer is bound to; secrets, all of them. */
export interface Bindings {
  state: string;
  nonce: string;
  verifier: string;
}

/** The issuers that people may sign in at: where to send them, and what their answers are worth. */
@Injectable()
export class SignInProviders {
  private readonly log = new Logger('identities');

  constructor(
    private readonly config: IdentitiesConfig,
    private readonly instance: InstanceConfig,
    private readonly issuers: Issuers,
    private readonly github: GithubPeople,
  ) {}

  /** All of them, as the settings name them. */
  all(): readonly SignInProvider[] {
    return this.config.providers;
  }

  /** @throws UnknownProvider */
  get(id: string): SignInProvider {
    const provider = this.config.providers.find((one) => one.id === id);
    if (!provider) throw new UnknownProvider();
    return provider;
  }

  /** The name of an issuer, also of one that was taken out of the settings. */
  nameOf(id: string): string {
    return this.config.providers.find((one) => one.id === id)?.name ?? id;
  }

  /** Where to send the browser (authorization code flow, RFC 6749, with PKCE). @throws IssuerUnavailable */
  async authorizationUrl(provider: SignInProvider, { state, nonce, verifier }: Bindings): Promise<string> {
    const pkce = { code_challenge: await calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' };
    const url = await this.explained(provider, async () =>
      buildAuthorizationUrl(await this.issuers.configuration(provider), {
        redirect_uri: this.callback(provider),
        scope: provider.scopes.join(' '),
        state,
        ...(provider.nonce ? { nonce } : {}),
        ...(provider.pkce ? pkce : {}),
      }),
    );
    return url.toString();
  }

  /**
   * Whom the issuer vouches for: exchanges the code and checks everything that comes with it.
   *
   * @param response the query string that the issuer added to the callback
   * @throws IdentityRefused, IssuerUnavailable
   */
  async identity(provider: SignInProvider, response: string, bindings: Bindings): Promise<ExternalIdentity> {
    return this.explained(provider, async () => {
      const configuration = await this.issuers.configuration(provider);
      const url = new URL(this.callback(provider));
      url.search = response;
      const tokens = await authorizationCodeGrant(configuration, url, {
        expectedState: bindings.state,
        ...(provider.pkce ? { pkceCodeVerifier: bindings.verifier } : {}),
        ...(provider.nonce ? { expectedNonce: bindings.nonce } : {}),
        idTokenExpected: provider.protocol === 'oidc',
      });
      if (provider.protocol === 'github') return this.github.read(provider, tokens.access_token);
      const claims = tokens.claims();
      if (!claims) throw new IdentityRefused(provider.name, false);
      const complete = claims['email'] !== undefined || !configuration.serverMetadata().userinfo_endpoint;
      const more = complete ? {} : await fetchUserInfo(configuration, tokens.access_token, claims.sub);
      const identity = identityOf(claims, more);
      if (!SUBJECT.test(identity.subject)) throw new IdentityRefused(provider.name, false);
      return identity;
    });
  }

  /** Where the issuer sends the browser back to: one address for each, so that none can answer for another (RFC 9700, 4.4). */
  callback({ id }: SignInProvider): string {
    return `${this.instance.origin}/sign-in/callback/${id}`;
  }

  private async explained<T>(provider: SignInProvider, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const refusal = refusalOf(provider, error);
      this.log.warn({ provider: provider.id, refusal: refusal.code, why: reasonOf(error) }, refusal.detail);
      throw refusal;
    }
  }
}

function refusalOf({ name }: SignInProvider, error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  const words = connectionWords(error);
  if (words) return new IssuerUnavailable(name, words, error);
  if (error instanceof AuthorizationResponseError) return new IdentityRefused(name, true, error);
  if (error instanceof ResponseBodyError)
    return error.status >= 500
      ? new IssuerUnavailable(name, undefined, error)
      : new IdentityRefused(name, false, error);
  // An answer that is no answer: an error page of a proxy, something that is not JSON.
  const { code = '' } = error as { code?: string };
  if (NO_ANSWER.has(code)) return new IssuerUnavailable(name, undefined, error);
  const checked = error instanceof ClientError || error instanceof TypeError || code.startsWith('OAUTH_');
  if (checked) return new IdentityRefused(name, false, error);
  throw error;
}

/** OpenID Connect Core 1.0, section 2. */
const SUBJECT = /^[\x20-\x7e]{1,255}$/;
const NO_ANSWER = new Set(['OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON', 'OAUTH_PARSE_ERROR']);

/** What an operator looks for; never a token. */
function reasonOf(error: unknown): string {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) return error.error;
  const { code, message } = error as { code?: string; message?: string };
  return [code, message].filter(Boolean).join(': ').slice(0, 300);
}

function identityOf(claims: IDToken, more: Partial<UserInfoResponse>): ExternalIdentity {
  // An address and the word that it is confirmed come from one place or count for nothing.
  const said: Record<string, unknown> = claims['email'] === undefined ? more : claims;
  const name = claims['name'] ?? more['name'];
  return {
    issuer: claims.iss,
    subject: claims.sub,
    email: typeof said['email'] === 'string' ? said['email'] : null,
    // Some issuers write the truth as a word.
    emailVerified: said['email_verified'] === true || said['email_verified'] === 'true',
    name: typeof name === 'string' ? name : null,
  };
}
