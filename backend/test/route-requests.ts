// What each route needs beside ids in its path, to be carried out. A route that takes a body and is not here gets the
// example of the API document.
import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Permission } from '#platform/access/index.js';
import { readConsole } from '#platform/console/index.js';
import { TEST_PASSWORD, type TestPerson } from './factories.js';
import { equipped, nextCode, pendingCode, ownerOfPendingApp, newPasskeyOf, passkeySignIn } from './factor-requests.js';
import { parkedEvent, READER } from './parked-events.js';
import {
  endReplays,
  mailedToken,
  makers,
  ownChannel,
  sharedSubscription,
  systemEvent,
  uploadSource,
  type Caller,
  type Maker,
  type Tenant,
} from './tenants.js';
import { PROVIDER } from './whole-application.js';

/** One route's request. */
export interface RouteRequest {
  body?: (tenant: Tenant, caller: Caller) => object | Promise<object>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  /** Bytes that are no JSON; `headers` say their type. */
  payload?: string;
  /** Makers that differ from the usual ones. */
  params?: Record<string, Maker>;
  /** Who may call it, when it is somebody particular. */
  caller?: (tenant: Tenant) => Promise<TestPerson>;
  /** What it takes beside the permission of the route, because of what it is about here. */
  also?: readonly Permission[];
  /** True when an API key is refused whatever its scopes. */
  peopleOnly?: true;
  /** What it answers at best in this application, when it is not its success. */
  answers?: number;
  /** For a path whose parameters are no uuids: values that nothing has, and values that nothing can have, if there are such. */
  strange?: { absent: Record<string, string>; malformed?: Record<string, string> };
}

const ofReader = {
  params: { reader: async () => READER },
  strange: { absent: { reader: 'nobody' }, malformed: { reader: 'No body' } },
} satisfies RouteRequest;
const ofParkedEvent = {
  params: { ...ofReader.params, position: parkedEvent },
  strange: { absent: { reader: READER, position: '999999' }, malformed: { reader: READER, position: 'first' } },
} satisfies RouteRequest;

/** Any file of the built console in a folder. */
const ofFile = (folder: string): RouteRequest => ({
  params: {
    file: async () =>
      readConsole()
        .map(({ path }) => path)
        .find((path) => path.startsWith(folder) && path !== '/index.html')
        ?.slice(folder.length) ?? '',
  },
  strange: { absent: { file: 'nothing.js' } },
});

const ofOwnChannel = { params: { channelId: ownChannel } } satisfies RouteRequest;

/** A token of an address that this instance never gave out. */
const FORGED = '01977c5e-8a3b-7c2d-9e4f-5a6b7c8d9e0f.k1.5Zq0c3Jv';

const ofInboxToken = {
  strange: { absent: { inboxToken: FORGED }, malformed: { inboxToken: 'no token' } },
} satisfies RouteRequest;

const email = () => `somebody-${uuidv7()}@example.com`;
const guest = (tenant: Tenant) => tenant.whole.make.person().create();

/** The address of a caller who is no member yet; somebody's where the caller is not to get through anyway. */
const guestEmail = (tenant: Tenant, caller: Caller) =>
  'email' in caller && caller.id !== tenant.workspace.owner.id ? String(caller.email) : email();

/** Invites somebody. @returns the token that the mail brings */
async function invited(tenant: Tenant, address: string): Promise<string> {
  await tenant.made('invitations', { email: address, role: 'member' });
  return mailedToken(tenant.whole, address);
}

/** Asks to move somebody's account to another address. @returns the token of the link that goes to the new one or the present one */
async function emailChange(tenant: Tenant, person: TestPerson, to: 'new' | 'present'): Promise<string> {
  const address = email();
  const { headers } = person;
  await tenant.whole.request('POST', '/api/v1/me/email-change', { headers, payload: { email: address } });
  return mailedToken(tenant.whole, to === 'new' ? address : person.email);
}

async function session(tenant: Tenant): Promise<string> {
  const person = await guest(tenant);
  const body = { email: person.email, password: TEST_PASSWORD, transport: 'body' };
  const answer = await tenant.whole.request('POST', '/api/v1/sessions', { payload: body });
  return answer.json<{ refreshToken: string }>().refreshToken;
}

/** Asks for a mailed link. @returns its token */
async function link(tenant: Tenant, route: string, person: TestPerson): Promise<string> {
  await tenant.whole.request('POST', `/api/v1/${route}`, { payload: { email: person.email } });
  return mailedToken(tenant.whole, person.email);
}

/** Somebody who asked to move their account to another address. */
async function changing(tenant: Tenant): Promise<TestPerson> {
  const person = await guest(tenant);
  await emailChange(tenant, person, 'present');
  return person;
}

/** A workspace of its own, which nothing else needs. */
const fresh: Maker = async ({ whole }) => (await whole.make.workspace().create()).id;
/** A workspace that the caller owns, with one member; of a caller who is nobody, one that they do not belong to. */
const owned: Maker = async ({ whole }, caller) => {
  const [person] = await whole.make.sql<TestPerson>('select id from user_account where id = $1', [caller.id]);
  const workspace = whole.make.workspace();
  const { id } = await (person ? workspace.ownedBy(person) : workspace).create();
  await whole.make.person().in({ id }).create();
  return id;
};
/** The other member of the workspace that the caller owns. */
async function heir({ whole }: Tenant, caller: Caller): Promise<object> {
  const [other] = await whole.make.sql<{ userId: string }>(
    `select m.user_id as "userId" from membership m join membership o on o.workspace_id = m.workspace_id and o.role = 'owner'
      where o.user_id = $1 and m.user_id <> $1 order by o.created_at desc limit 1`,
    [caller.id],
  );
  return { userId: other?.userId ?? caller.id };
}

/** A key of a service account. */
const serviceKey: Maker = async (tenant) => {
  const serviceAccountId = await tenant.made('service-accounts', { name: `Robot ${uuidv7()}`, role: 'viewer' });
  return tenant.made('api-keys', { name: 'A key', scopes: ['deals:read'], serviceAccountId });
};

/** By method and path, below /api/v1. */
export const routeRequests: Record<string, RouteRequest> = {
  'GET /:file': ofFile('/'),
  'GET /media/:file': ofFile('/media/'),
  'POST registrations': { body: () => ({ name: 'Ada', email: email(), password: 'something quite long' }) },
  'POST email-verifications': { body: () => ({ email: email() }) },
  'POST email-verifications/completion': {
    body: async (tenant) => {
      const person = await tenant.whole.make.person().unverified().create();
      return { token: await link(tenant, 'email-verifications', person) };
    },
  },
  'POST password-resets': { body: () => ({ email: email() }) },
  'POST password-resets/completion': {
    body: async (tenant) => ({
      token: await link(tenant, 'password-resets', await guest(tenant)),
      password: 'another quite long one',
    }),
  },
  'GET places': { query: { begins: 'lis' } },
  'POST password-strength': { body: () => ({ password: 'plums in a wooden bowl' }) },
  'POST account-unlocks': { body: () => ({ email: email() }) },
  'POST account-unlocks/completion': {
    body: async (tenant) => ({ token: await link(tenant, 'account-unlocks', await guest(tenant)) }),
  },
  'POST sessions': {
    body: async (tenant) => ({ email: (await guest(tenant)).email, password: TEST_PASSWORD, transport: 'body' }),
  },
  'POST sessions/current/renewal': { body: async (tenant) => ({ refreshToken: await session(tenant) }) },
  'DELETE sessions/current': { caller: guest },
  'DELETE sessions': { caller: guest },
  'POST sessions/second-factor': {
    body: async (tenant) => {
      const { challenge, code } = await equipped(tenant);
      return { challenge, proof: { method: 'totp', code }, transport: 'body' };
    },
  },
  'POST sessions/passkey': { body: passkeySignIn },
  'POST sessions/current/reauthentication/second-factor': {
    caller: async (tenant) => (await equipped(tenant)).person,
    body: nextCode,
  },
  'POST sign-in-providers/:providerId/journey': {
    strange: { absent: { providerId: 'nobody' }, malformed: { providerId: 'No body' } },
  },
  // What only somebody who comes back from an issuer can answer.
  'POST sessions/provider': { body: () => ({ provider: PROVIDER, response: 'code=x&state=y' }), answers: 400 },
  'POST me/identities': { body: () => ({ provider: PROVIDER, response: 'code=x&state=y' }), answers: 400 },
  'POST me/identities/journey': { caller: guest, body: () => ({ provider: PROVIDER }) },
  'DELETE me/identities/:identityId': { caller: guest },
  'POST me/totp/confirmation': { caller: guest, body: pendingCode },
  'DELETE me/totp': { caller: ownerOfPendingApp },
  'POST me/recovery-codes': { caller: async (tenant) => (await equipped(tenant)).person },
  'POST me/channels': {
    body: ({ workspace }) => ({
      workspaceId: workspace.id,
      kind: 'discord',
      name: 'Mine',
      url: 'https://discord.com/api/webhooks/1/token',
    }),
  },
  'GET me/channels/:channelId': ofOwnChannel,
  'PATCH me/channels/:channelId': ofOwnChannel,
  'DELETE me/channels/:channelId': ofOwnChannel,
  'POST me/channels/:channelId/tests': ofOwnChannel,
  'POST me/passkeys': { caller: guest, body: newPasskeyOf },
  'PATCH me/passkeys/:passkeyId': { caller: guest, body: () => ({ name: 'Phone' }) },
  'DELETE me/passkeys/:passkeyId': { caller: guest },
  'POST sessions/current/reauthentication': { caller: guest, body: () => ({ password: TEST_PASSWORD }) },
  'PUT me/password': {
    caller: guest,
    body: () => ({ currentPassword: TEST_PASSWORD, newPassword: 'another quite long one' }),
  },
  'GET me/email-change': { caller: changing },
  'POST me/email-change': { caller: guest, body: () => ({ email: email() }) },
  'DELETE me/email-change': { caller: changing },
  'POST email-changes/confirmation': {
    body: async (tenant) => ({ token: await emailChange(tenant, await guest(tenant), 'new') }),
  },
  'POST email-changes/cancellation': {
    body: async (tenant) => ({ token: await emailChange(tenant, await guest(tenant), 'present') }),
  },
  'POST me/deletion': { caller: guest },
  'POST me/notification-changes': {
    body: async (tenant, caller) => ({
      items: [{ id: (await makers['notificationId']?.(tenant, caller)) ?? '', archived: true }],
    }),
  },
  'DELETE me/mail-suppression': {
    caller: async (tenant) => {
      const person = await guest(tenant);
      const hash = createHash('sha256').update(`signalbox mail ${person.email}`).digest('hex');
      const text = `insert into mail_suppression (address_hash, address, reason) values ($1, 'sealed', 'bounce')`;
      await tenant.whole.make.sql(text, [hash]);
      return person;
    },
  },
  'POST me/notification-readings': {
    body: async (tenant, caller) => {
      await makers['notificationId']?.(tenant, caller);
      return { upTo: Number((await tenant.event()).position) };
    },
  },
  'GET workspaces/:workspaceId/notification-previews/:kind': {
    also: ['deals:read'],
    strange: { absent: { kind: 'nothing.happened' }, malformed: { kind: 'No kind' } },
  },
  'POST workspaces/:workspaceId/notification-tests': { also: ['deals:read'] },
  'PATCH me/notification-preferences': {
    body: async () => ({ cells: [{ kind: 'deal.found', channel: 'push', enabled: true }] }),
  },
  'PATCH me/memberships/:membershipId/notification-preferences': {
    body: async () => ({ cells: [{ topic: 'deal', channel: 'mail', enabled: false }] }),
  },
  'POST me/exports': { caller: guest },
  'PATCH me': { body: () => ({ name: 'Ada', locale: 'en', timeZone: 'Europe/Lisbon', currency: 'EUR' }) },
  'POST invitations/preview': { body: async (tenant) => ({ token: await invited(tenant, email()) }) },
  'POST invitations/acceptance': {
    caller: guest,
    body: async (tenant, caller) => ({ token: await invited(tenant, guestEmail(tenant, caller)) }),
  },
  'PUT workspaces/:workspaceId/second-factor-policy': { body: () => ({ required: false }), peopleOnly: true },
  'POST workspaces/:workspaceId/invitations': { body: () => ({ email: email(), role: 'viewer' }), peopleOnly: true },
  'DELETE workspaces/:workspaceId/invitations/:invitationId': { peopleOnly: true },
  'PATCH workspaces/:workspaceId/members/:userId': { body: () => ({ role: 'viewer' }), peopleOnly: true },
  'DELETE workspaces/:workspaceId/members/:userId': { peopleOnly: true },
  'POST workspaces/:workspaceId/members/:userId/suspension': { peopleOnly: true },
  'POST workspaces/:workspaceId/roles': {
    body: () => ({ name: `Role ${uuidv7()}`, description: '', permissions: ['deals:read'] }),
    peopleOnly: true,
  },
  'PATCH workspaces/:workspaceId/roles/:roleId': { body: () => ({ permissions: ['deals:read'] }), peopleOnly: true },
  'DELETE workspaces/:workspaceId/roles/:roleId': { peopleOnly: true },
  'DELETE workspaces/:workspaceId/members/:userId/suspension': { peopleOnly: true },
  'DELETE me/memberships/:membershipId': {
    caller: (tenant) => tenant.whole.make.person().in(tenant.workspace).create(),
  },
  'POST me/memberships/:membershipId/ownership-transfer': {
    caller: guest,
    params: { membershipId: owned },
    body: heir,
  },
  'POST instance/operators': { body: async (tenant) => ({ email: (await guest(tenant)).email }) },
  'POST instance/sign-outs': { body: async (tenant) => ({ email: (await guest(tenant)).email }) },
  'POST instance/second-factor-resets': {
    body: async (tenant) => ({ email: (await equipped(tenant)).person.email }),
  },
  'DELETE instance/operators/:userId': {
    params: { userId: async ({ whole }) => (await whole.make.person().operator().create()).id },
  },
  'PUT instance/workspaces/:workspaceId/suspension': {
    params: { workspaceId: fresh },
    body: () => ({ mode: 'read_only', reason: null }),
  },
  'DELETE instance/workspaces/:workspaceId/suspension': { params: { workspaceId: fresh } },
  'POST workspaces/:workspaceId/api-keys': {
    body: () => ({ name: 'A key', scopes: ['deals:read'], expiresAt: null }),
    peopleOnly: true,
  },
  'PATCH workspaces/:workspaceId/api-keys/:keyId': { body: () => ({ name: 'Another name' }), peopleOnly: true },
  // Of a service account: a person's own is rotated by that person only.
  'POST workspaces/:workspaceId/api-keys/:keyId/rotation': {
    params: { keyId: serviceKey },
    body: () => ({ overlapSeconds: 60 }),
    peopleOnly: true,
  },
  'DELETE workspaces/:workspaceId/api-keys/:keyId': { peopleOnly: true },
  'POST workspaces/:workspaceId/service-accounts': {
    body: () => ({ name: `Robot ${uuidv7()}`, description: '', role: 'member' }),
    peopleOnly: true,
  },
  'PATCH workspaces/:workspaceId/service-accounts/:serviceAccountId': {
    body: () => ({ description: 'Another one', role: 'member' }),
    peopleOnly: true,
  },
  'DELETE workspaces/:workspaceId/service-accounts/:serviceAccountId': { peopleOnly: true },
  'POST workspaces/:workspaceId/service-accounts/:serviceAccountId/suspension': { peopleOnly: true },
  'DELETE workspaces/:workspaceId/service-accounts/:serviceAccountId/suspension': { peopleOnly: true },
  'POST workspaces/:workspaceId/sources': { body: () => ({ kind: 'smtp', name: 'Newsletters', settings: {} }) },
  'PATCH workspaces/:workspaceId/sources/:sourceId': { body: () => ({ name: 'Another name' }) },
  'POST workspaces/:workspaceId/sources/:sourceId/messages': {
    params: { sourceId: uploadSource },
    body: () => ({ subject: 'Hello', text: `A text, number ${uuidv7()}`, html: false }),
  },
  'POST workspaces/:workspaceId/sources/:sourceId/uploads': {
    params: { sourceId: uploadSource },
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    payload:
      '--x\r\nContent-Disposition: form-data; name="files"; filename="a.eml"\r\nContent-Type: message/rfc822\r\n\r\n' +
      'From: a@example.com\r\nSubject: Hello\r\n\r\nHello\r\n--x--\r\n',
  },
  'POST workspaces/:workspaceId/message-parses': { body: () => ({ outdated: true }) },
  'GET workspaces/:workspaceId/deal-statistics/route-prices': { query: { origin: 'NYC', destination: 'Lisbon' } },
  'POST workspaces/:workspaceId/subscriptions': {
    also: ['deals:read'],
    body: () => ({ name: 'Cheap', target: 'deal', filter: 'price<400', paused: false }),
  },
  'GET workspaces/:workspaceId/subscriptions/:subscriptionId/mail-preview': { also: ['deals:read'] },
  'GET workspaces/:workspaceId/subscriptions/:subscriptionId/matches': { also: ['deals:read'] },
  'PUT workspaces/:workspaceId/subscriptions/:subscriptionId/participation': {
    also: ['deals:read'],
    params: { subscriptionId: sharedSubscription },
  },
  'DELETE workspaces/:workspaceId/subscriptions/:subscriptionId/participation': {
    params: { subscriptionId: sharedSubscription },
  },
  'POST workspaces/:workspaceId/subscription-previews': {
    also: ['deals:read'],
    body: () => ({ target: 'deal', filter: 'price<400', days: 30 }),
  },
  'POST workspaces/:workspaceId/webhook-endpoints': {
    also: ['workspace:read', 'deals:read'],
    body: () => ({ url: 'https://hooks.invalid/hook', filter: '', types: ['deal.found'] }),
  },
  'PATCH workspaces/:workspaceId/webhook-endpoints/:endpointId': {
    also: ['workspace:read'],
    body: () => ({ description: 'Another' }),
  },
  'POST workspaces/:workspaceId/webhook-endpoints/:endpointId/tests': {
    also: ['workspace:read', 'deals:read'],
    body: () => ({ type: 'deal.found' }),
  },
  'POST workspaces/:workspaceId/hooks': {
    also: ['workspace:read', 'deals:read'],
    body: () => ({ hookUrl: 'https://hooks.invalid/hook', event: 'deal.found' }),
  },
  'GET workspaces/:workspaceId/hooks/samples': {
    also: ['workspace:read', 'deals:read'],
    query: { event: 'deal.found' },
  },
  // Only who knows the secret of the hook can sign what it takes; a workspace keeps few inboxes.
  'POST incoming-webhooks/:incomingToken': {
    body: () => ({ action: 'opened' }),
    answers: 401,
    strange: { absent: { incomingToken: FORGED }, malformed: { incomingToken: 'no token' } },
  },
  'POST webhook-inboxes/:inboxToken': { ...ofInboxToken, body: () => ({ hello: 'world' }) },
  'PUT webhook-inboxes/:inboxToken': { ...ofInboxToken, body: () => ({ hello: 'world' }) },
  'PATCH webhook-inboxes/:inboxToken': { ...ofInboxToken, body: () => ({ hello: 'world' }) },
  'DELETE webhook-inboxes/:inboxToken': { ...ofInboxToken, body: () => ({ hello: 'world' }) },
  'GET webhook-inboxes/:inboxToken': ofInboxToken,
  'POST workspaces/:workspaceId/webhook-replays': {
    body: async (tenant) => {
      await endReplays(tenant);
      return {};
    },
  },
  'POST workspaces/:workspaceId/webhook-endpoints/:endpointId/ownership': { also: ['workspace:read', 'deals:read'] },
  'GET audit-events/:eventId': { params: { eventId: systemEvent } },
  // The application of this spec takes no payments.
  'POST workspaces/:workspaceId/checkouts': { answers: 409, peopleOnly: true },
  'POST workspaces/:workspaceId/billing-portal-sessions': { answers: 409, peopleOnly: true },
  'POST stripe/webhooks': { answers: 409 },
  'POST log-readers/:reader/restart': ofReader,
  // The only reader of the application sends mail: it has nothing to rebuild.
  'POST log-readers/:reader/rebuild': { ...ofReader, answers: 409 },
  'POST parked-events/:reader/:position/retry': ofParkedEvent,
  'DELETE parked-events/:reader/:position': ofParkedEvent,
  'POST jobs/release': { body: () => ({ queue: 'mail' }) },
};
