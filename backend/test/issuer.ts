// Other issuers for specs: a real OpenID Connect provider on this machine, and one that lies.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import Provider from 'oidc-provider';
import { freePort } from './browser.js';

/** The client that Signalbox is at every issuer of the specs. */
export const CLIENT = { clientId: 'signalbox', clientSecret: 'a secret of the client' };

/** What an issuer says of somebody. */
export interface IssuerPerson {
  email?: string;
  email_verified?: boolean | string;
  name?: string;
}

/** npm `oidc-provider`, with people who sign in when a spec says so. */
export class TestIssuer {
  readonly people = new Map<string, IssuerPerson>();

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  /** Starts one that sends browsers back to these addresses. */
  static async start(callbacks: string[]): Promise<TestIssuer> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    let handle: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
    const server = createServer((request, response) => handle(request, response));
    const issuer = new TestIssuer(url, server);
    const provider = quietly(() => issuer.provider(callbacks));
    const callback = provider.callback();
    handle = (request, response) => {
      if (!request.url?.startsWith('/interaction/')) return void callback(request, response);
      const accountId = String(request.headers['x-sign-in-as'] ?? '');
      const result = accountId ? { login: { accountId } } : { error: 'access_denied' };
      void provider.interactionFinished(request, response, result);
    };
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return issuer;
  }

  /**
   * What a browser does at the issuer: follows the address, signs in there as somebody (or cancels), and comes back.
   *
   * @returns the query string of the callback
   */
  async visit(address: string, as: string | null): Promise<string> {
    const jar = new Map<string, string>();
    for (let url = new URL(address); ;) {
      if (url.origin !== this.url) return url.search.slice(1);
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const headers = { cookie, ...(as === null ? {} : { 'x-sign-in-as': as }) };
      const answer = await fetch(url, { headers, redirect: 'manual' });
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        jar.set(name, value);
      }
      const location = answer.headers.get('location');
      if (!location) throw new Error(`The issuer answered ${answer.status}: ${await answer.text()}`);
      url = new URL(location, url);
    }
  }

  /** Stops it; whoever asks it then is refused the connection. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private provider(callbacks: string[]): Provider {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const provider: Provider = new Provider(this.url, {
      clients: [
        {
          client_id: CLIENT.clientId,
          client_secret: CLIENT.clientSecret,
          redirect_uris: callbacks,
          response_types: ['code'],
          grant_types: ['authorization_code'],
        },
      ],
      jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', kid: 'test' } as never] },
      cookies: { keys: [randomBytes(16).toString('hex')] },
      pkce: { required: () => true },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
      findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, ...this.people.get(sub) }) }),
      loadExistingGrant: async ({ oidc }) => {
        const grant = new provider.Grant({
          clientId: oidc.client?.clientId ?? '',
          accountId: oidc.session?.accountId ?? '',
        });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
      ttl: { Session: 60, Grant: 60, Interaction: 60, AccessToken: 60, IdToken: 60, AuthorizationCode: 60 },
    });
    return provider;
  }
}

/** Without the warning that its memory is no place for real people. */
function quietly<T>(work: () => T): T {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    return work();
  } finally {
    console.warn = warn;
  }
}

/** What a lying issuer answers. */
export interface Lies {
  /** The header of the ID token. */
  header?: Record<string, unknown>;
  /** Its claims, over right ones. */
  claims?: Record<string, unknown>;
  /** Signed by a key that it does not publish. */
  foreignKey?: boolean;
  /** Signed with the client's secret, HMAC. */
  hmac?: boolean;
  /** Without an ID token. */
  noIdToken?: boolean;
  /** What the address of the discovery answers instead. */
  discovery?: { status?: number; body?: string; metadata?: Record<string, unknown> };
  /** What the token endpoint answers instead. */
  token?: { status: number; body: string };
  /** Never answers. */
  hang?: boolean;
}

/** An issuer that answers what a spec tells it to. Its people need not sign in: any code is good. */
export class LyingIssuer {
  lies: Lies = {};
  /** What the token endpoint was sent. */
  readonly exchanges: URLSearchParams[] = [];
  private readonly keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private readonly foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private nonce = '';

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<LyingIssuer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = new LyingIssuer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void issuer.answer(request, response));
    return issuer;
  }

  /** What a browser comes back with from an address of this issuer: any code, and the state. */
  visit(address: string): string {
    const { searchParams } = new URL(address);
    this.nonce = searchParams.get('nonce') ?? '';
    return new URLSearchParams({ code: 'any', state: searchParams.get('state') ?? '', iss: this.url }).toString();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { lies } = this;
    if (lies.hang) return;
    const json = (body: unknown, status = 200) =>
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(typeof body === 'string' ? body : JSON.stringify(body));
    switch (request.url) {
      case '/.well-known/openid-configuration':
        return void json(
          lies.discovery?.body ?? { ...this.metadata(), ...lies.discovery?.metadata },
          lies.discovery?.status,
        );
      case '/jwks':
        return void json({
          keys: [{ ...this.keys.publicKey.export({ format: 'jwk' }), kid: 'key', use: 'sig', alg: 'RS256' }],
        });
      case '/token': {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        this.exchanges.push(new URLSearchParams(Buffer.concat(chunks).toString()));
        if (lies.token) return void json(lies.token.body, lies.token.status);
        const idToken = lies.noIdToken ? {} : { id_token: this.idToken() };
        return void json({ access_token: 'an access token', token_type: 'Bearer', expires_in: 60, ...idToken });
      }
      default:
        return void json({ error: 'not found' }, 404);
    }
  }

  private metadata(): Record<string, unknown> {
    const { url } = this;
    return {
      issuer: url,
      authorization_endpoint: `${url}/authorize`,
      token_endpoint: `${url}/token`,
      jwks_uri: `${url}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['client_secret_post'],
      authorization_response_iss_parameter_supported: true,
    };
  }

  private idToken(): string {
    const { lies } = this;
    const now = Math.floor(Date.now() / 1000);
    const header = { alg: 'RS256', typ: 'JWT', kid: 'key', ...lies.header };
    const right = { iss: this.url, aud: CLIENT.clientId, sub: 'mallory', iat: now, exp: now + 60, nonce: this.nonce };
    const person = { email: 'mallory@example.com', email_verified: true, name: 'Mallory' };
    const text = [header, { ...right, ...person, ...lies.claims }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${text}.${this.signature(text, header)}`;
  }

  private signature(text: string, { alg }: { alg: unknown }): string {
    if (String(alg).toLowerCase() === 'none') return '';
    if (this.lies.hmac) return createHmac('sha256', CLIENT.clientSecret).update(text).digest('base64url');
    const key: KeyObject = (this.lies.foreignKey ? this.foreign : this.keys).privateKey;
    return sign('sha256', Buffer.from(text), key).toString('base64url');
  }
}
