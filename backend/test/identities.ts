// Journeys to an issuer and back, for specs of the users room.
import { UsersModule } from '#modules/users/index.js';
import { startApplication, type TestApplication } from './application.js';
import type { TestPerson } from './factories.js';
import { CLIENT, type IssuerPerson, TestIssuer } from './issuer.js';

/** Where people reach the console of these specs. */
export const ORIGIN = 'https://box.example.com';
const API = '/api/v1';

/** An application with a real issuer beside it. */
export async function withIssuer(settings: Record<string, string> = {}) {
  const issuer = await TestIssuer.start([`${ORIGIN}/sign-in/callback/acme`, `${ORIGIN}/sign-in/callback/other`]);
  const provider = { id: 'acme', name: 'Acme', issuer: issuer.url, ...CLIENT };
  const spec = await startApplication([UsersModule], {
    SIGNALBOX_PUBLIC_URL: ORIGIN,
    SIGNALBOX_OUTBOUND_ALLOW: '127.0.0.0/8',
    SIGNALBOX_SIGN_IN_PROVIDERS: JSON.stringify([provider]),
    ...settings,
  });
  return { issuer, spec };
}

/** A browser that goes to the issuer and comes back: it keeps the cookie of its journeys. */
export class IssuerVisitor {
  cookie = '';

  constructor(
    private readonly spec: TestApplication,
    private readonly issuer: TestIssuer,
  ) {}

  async begin(body: object = {}, as?: Pick<TestPerson, 'headers'>): Promise<{ url: string; expiresAt: string }> {
    const path = as ? 'me/identities/journey' : 'sign-in-providers/acme/journey';
    const answer = await this.spec.request('POST', `${API}/${path}`, {
      headers: { ...as?.headers, ...(this.cookie ? { cookie: this.cookie } : {}) },
      payload: as ? { provider: 'acme' } : body,
    });
    if (answer.statusCode !== 201) throw new Error(answer.body);
    this.cookie = /^[^;]+/.exec(String(answer.headers['set-cookie']))?.[0] ?? '';
    return answer.json();
  }

  end(response: string, as?: Pick<TestPerson, 'headers'>, provider = 'acme') {
    const path = as ? 'me/identities' : 'sessions/provider';
    return this.spec.request('POST', `${API}/${path}`, {
      headers: { ...as?.headers, ...(this.cookie ? { cookie: this.cookie } : {}) },
      payload: as ? { provider, response } : { provider, response, transport: 'body' },
    });
  }

  /** There and back again as somebody. */
  async signIn(subject: string, body: object = {}) {
    const { url } = await this.begin(body);
    return this.end(await this.issuer.visit(url, subject));
  }

  async link(who: TestPerson, subject: string) {
    const { url } = await this.begin({}, who);
    return this.end(await this.issuer.visit(url, subject), who);
  }
}

let number = 0;

/** Makes somebody known at the issuer, with a confirmed address unless the spec says otherwise. */
export function known(issuer: TestIssuer, person: IssuerPerson = {}): { subject: string; email: string } {
  const subject = `subject-${++number}`;
  const email = person.email ?? `${subject}@example.com`;
  issuer.people.set(subject, { email, email_verified: true, name: 'Ada Lovelace', ...person });
  return { subject, email };
}

/** Lets the application reach issuers on this machine. */
export const LOOPBACK = { SIGNALBOX_OUTBOUND_ALLOW: '127.0.0.0/8', SIGNALBOX_REGISTRATION: 'open' };

/** An application with these ways to sign in. */
export const bootWith = (providers: object[], settings: Record<string, string> = LOOPBACK) =>
  startApplication([UsersModule], {
    SIGNALBOX_PUBLIC_URL: ORIGIN,
    SIGNALBOX_SIGN_IN_PROVIDERS: JSON.stringify(providers),
    ...settings,
  });

/** Sets out to a provider. */
export const setOut = (spec: TestApplication, provider: string) =>
  spec.request('POST', `${API}/sign-in-providers/${provider}/journey`);

/** A journey by hand: `visit` is what the browser does at the issuer. */
export async function journey(
  spec: TestApplication,
  provider: string,
  visit: (url: string) => string | Promise<string>,
) {
  const begun = await setOut(spec, provider);
  if (begun.statusCode !== 201) return begun;
  const headers = { cookie: /^[^;]+/.exec(String(begun.headers['set-cookie']))?.[0] ?? '' };
  const response = await visit(begun.json().url);
  const payload = { provider, response, transport: 'body' };
  return spec.request('POST', `${API}/sessions/provider`, { headers, payload });
}
