// Second factors for specs: a person's authenticator app, set up through the API.
import { URI } from 'otpauth';
import type { TOTP } from 'otpauth';
import type { TestApplication } from './application.js';
import type { TestPerson } from './factories.js';

/** An authenticator app as a person holds it. */
export interface TestAuthenticator {
  /** The code of now, or of so many steps of 30 s later. */
  code(stepsLater?: number): string;
  readonly secret: string;
  readonly recoveryCodes: string[];
}

/** Sets an authenticator app up for a person, by their session. */
export async function authenticatorOf(spec: TestApplication, person: TestPerson): Promise<TestAuthenticator> {
  const { headers } = person;
  const enrolment = (await spec.request('POST', '/api/v1/me/totp', { headers })).json<{
    secret: string;
    uri: string;
  }>();
  const app = URI.parse(enrolment.uri) as TOTP;
  const code = (stepsLater = 0) => app.generate({ timestamp: Date.now() + stepsLater * 30_000 });
  const confirmed = await spec.request('POST', '/api/v1/me/totp/confirmation', { headers, payload: { code: code() } });
  if (confirmed.statusCode !== 200) throw new Error(`The app was not confirmed: ${confirmed.body}`);
  // What was used to set it up shall not stand in the way of what the spec is about.
  await spec.rows('update totp_factor set last_step = 0 where user_id = $1 returning user_id', [person.id]);
  return { code, secret: enrolment.secret, recoveryCodes: confirmed.json().recoveryCodes ?? [] };
}

/** Signs in by password as far as it goes. */
export function firstStep(spec: TestApplication, { email, password }: TestPerson) {
  return spec.request('POST', '/api/v1/sessions', { payload: { email, password, transport: 'body' } });
}

/** Sends a proof for the challenge of a first step. */
export function secondStep(spec: TestApplication, challenge: string, proof: object) {
  return spec.request('POST', '/api/v1/sessions/second-factor', { payload: { challenge, proof, transport: 'body' } });
}
