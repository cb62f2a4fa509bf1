// What the routes of second factors need to be carried out: apps that are set up, passkeys that sign.
import { InstanceConfig } from '#platform/config/index.js';
import { type TOTP, URI } from 'otpauth';
import { TEST_PASSWORD, type TestPerson } from './factories.js';
import { passkeyOf, TestPasskey } from './passkeys.js';
import type { Caller, Tenant } from './tenants.js';

const API = '/api/v1/';
/** The apps that were set up, by their owners. */
const apps = new Map<string, TOTP>();

/** Begins to set an authenticator app up for a caller; one who may not gets a code of nothing. */
async function pendingApp({ whole }: Tenant, { id, headers }: Caller): Promise<string> {
  const answer = await whole.request('POST', `${API}me/totp`, { headers });
  const { uri } = answer.json<{ uri?: string }>();
  if (!uri) return '123456';
  const app = URI.parse(uri) as TOTP;
  apps.set(id, app);
  return app.generate();
}

/** The first code of an app that the caller sets up. */
export const pendingCode = async (tenant: Tenant, caller: Caller) => ({ code: await pendingApp(tenant, caller) });

/** Somebody whose app waits for its first code. */
export async function ownerOfPendingApp(tenant: Tenant): Promise<TestPerson> {
  const person = await tenant.whole.make.person().create();
  await pendingApp(tenant, person);
  return person;
}

/** Somebody with an authenticator app who proved the password, and the code that comes next. */
export async function equipped(tenant: Tenant): Promise<{ person: TestPerson; challenge: string; code: string }> {
  const { whole } = tenant;
  const person = await whole.make.person().create();
  const code = await pendingApp(tenant, person);
  await whole.request('POST', `${API}me/totp/confirmation`, { headers: person.headers, payload: { code } });
  await whole.make.sql('update totp_factor set last_step = 0 where user_id = $1 returning user_id', [person.id]);
  const payload = { email: person.email, password: TEST_PASSWORD, transport: 'body' };
  const { challenge } = (await whole.request('POST', `${API}sessions`, { payload })).json<{ challenge: string }>();
  return { person, challenge, code };
}

/** The code that the app of somebody `equipped` shows; of one who has none, a code of nothing. */
export async function nextCode(_tenant: Tenant, caller: Caller): Promise<object> {
  return { proof: { method: 'totp', code: apps.get(caller.id)?.generate() ?? '123456' } };
}

/** A passkey that was just made for the caller; for one who may not, one that nobody asked for. */
export async function newPasskeyOf(tenant: Tenant, { headers }: Caller): Promise<object> {
  const answer = await tenant.whole.request('POST', `${API}me/passkeys/challenge`, { headers });
  const options = answer.json<{ challenge?: string; user?: { id: string } }>();
  const { challenge = 'nobody-asked', user } = options;
  return { name: 'Laptop', credential: new TestPasskey(originOf(tenant)).create({ challenge, user }) };
}

/** A sign-in by somebody's passkey. */
export async function passkeySignIn(tenant: Tenant): Promise<object> {
  const { whole } = tenant;
  const { passkey } = await passkeyOf(whole, originOf(tenant), await whole.make.person().create());
  const options = (await whole.request('POST', `${API}sessions/passkey-challenge`)).json<{ challenge: string }>();
  return { credential: passkey.get(options), transport: 'body' };
}

const originOf = ({ whole }: Tenant) => whole.app.get(InstanceConfig).origin;
