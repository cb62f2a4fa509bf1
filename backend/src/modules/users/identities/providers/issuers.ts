import { Injectable } from '@nestjs/common';
import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
} from 'openid-client';
import { IssuerUnavailable } from '../identities.errors.js';
import { IssuerRequests } from './issuer-requests.js';
import type { SignInProvider } from './provider.js';
import { isLoopback } from './provider-settings.js';

/** How long what an issuer says about itself is believed. */
const TRUSTED_MS = 3_600_000;
const TIMEOUT_SECONDS = 15;

interface Known {
  configuration: Configuration;
  at: number;
}

/** What issuers say about themselves (OpenID Connect Discovery 1.0), asked when it is needed and then believed for an hour. */
@Injectable()
export class Issuers {
  private readonly known = new Map<string, Known>();
  private readonly asking = new Map<string, Promise<Configuration>>();

  constructor(private readonly requests: IssuerRequests) {}

  /**
   * How to talk with the issuer. When it is down what it said before still holds.
   *
   * @throws what openid-client or the connection throws
   */
  async configuration(provider: SignInProvider): Promise<Configuration> {
    const known = this.known.get(provider.id);
    if (known && Date.now() - known.at < TRUSTED_MS) return known.configuration;
    try {
      return await this.ask(provider);
    } catch (error) {
      if (known) return known.configuration;
      throw error;
    }
  }

  private ask(provider: SignInProvider): Promise<Configuration> {
    const present = this.asking.get(provider.id);
    if (present) return present;
    const asking = this.discover(provider)
      .then((configuration) => {
        this.known.set(provider.id, { configuration, at: Date.now() });
        return configuration;
      })
      .finally(() => this.asking.delete(provider.id));
    this.asking.set(provider.id, asking);
    return asking;
  }

  private async discover(provider: SignInProvider): Promise<Configuration> {
    const { clientId, issuer } = provider;
    const plain = isLoopback(new URL(issuer).hostname);
    if (provider.protocol === 'github') return this.github(provider, plain);
    const configuration = await discovery(new URL(issuer), clientId, undefined, authentication(provider), {
      [customFetch]: this.requests.fetch,
      timeout: TIMEOUT_SECONDS,
      // The library trusts TLS for ID tokens that come straight from the issuer; here their signatures are checked too.
      execute: [enableNonRepudiationChecks, ...(plain ? [allowInsecureRequests] : [])],
    });
    if (!isPage(configuration.serverMetadata().authorization_endpoint)) throw new IssuerUnavailable(provider.name);
    return configuration;
  }

  /** GitHub publishes nothing about itself. */
  private github(provider: SignInProvider, plain: boolean): Configuration {
    const { issuer, clientId } = provider;
    const server = {
      issuer,
      authorization_endpoint: `${issuer}/login/oauth/authorize`,
      token_endpoint: `${issuer}/login/oauth/access_token`,
    };
    const configuration = new Configuration(server, clientId, undefined, authentication(provider));
    configuration[customFetch] = this.requests.fetch;
    configuration.timeout = TIMEOUT_SECONDS;
    if (plain) allowInsecureRequests(configuration);
    return configuration;
  }
}

/** It becomes the address that a browser goes to: nothing but a page may stand there. */
function isPage(address: string | undefined): boolean {
  if (!address || !URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

function authentication({ clientSecret, clientAuthentication }: SignInProvider): ClientAuth {
  if (clientSecret === null) return None();
  const [basic, post] = [ClientSecretBasic(clientSecret), ClientSecretPost(clientSecret)];
  if (clientAuthentication) return clientAuthentication === 'client_secret_basic' ? basic : post;
  return (server, client, body, headers) => {
    // What is not said is Basic (OpenID Connect Discovery 1.0, section 3).
    const supported = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (supported.includes('client_secret_basic') ? basic : post)(server, client, body, headers);
  };
}
