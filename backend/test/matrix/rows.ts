// The row of each way in: what it asks for, written down a second time. A route that is new, or that asks for something else,
// fails the matrix until somebody says here that it is right.
import type { EntrancePermission, Outcome } from './declared.js';
import type { Entrance } from './entrance.js';

const inWorkspace = (...lines: string[]) =>
  lines.map((line) => {
    const [method = '', path = ''] = line.split(' ');
    return `${method} workspaces/:workspaceId${path && `/${path}`}`;
  });

/** By what they ask for. */
export const ROWS: Readonly<Record<EntrancePermission, readonly string[]>> = {
  public: [
    'GET /',
    'GET /setup',
    'GET /setup.js',
    'GET /console.css',
    'GET /signalbox.svg',
    'GET /api/docs',
    'GET /api/docs/',
    'GET /api/docs/start.js',
    'GET /api/docs/swagger-ui.css',
    'GET /api/docs/swagger-ui-bundle.js',
    'GET /api/docs/favicon-32x32.png',
    'GET /api/openapi.json',
    'GET /health',
    'GET /health/live',
    'GET /health/ready',
    'GET health',
    'GET /metrics',
    'POST registrations',
    'POST email-verifications',
    'POST email-verifications/completion',
    'POST password-resets',
    'POST password-resets/completion',
    'POST password-strength',
    'POST account-unlocks',
    'POST account-unlocks/completion',
    'POST email-changes/confirmation',
    'POST email-changes/cancellation',
    'POST sessions',
    'POST sessions/current/renewal',
    'POST sessions/second-factor',
    'POST sessions/passkey-challenge',
    'POST sessions/passkey',
    'POST sessions/provider',
    'GET sign-in-providers',
    'POST sign-in-providers/:providerId/journey',
    'POST invitations/preview',
    'GET unsubscriptions/:token',
    'POST unsubscriptions/:token',
    'POST stripe/webhooks',
  ],
  self: [
    'GET me',
    'PATCH me',
    'GET permissions',
    'GET sessions',
    'DELETE sessions',
    'DELETE sessions/current',
    'DELETE sessions/:sessionId',
    'POST sessions/current/reauthentication',
    'POST sessions/current/reauthentication/passkey-challenge',
    'POST sessions/current/reauthentication/second-factor',
    'PUT me/password',
    'GET me/email-change',
    'POST me/email-change',
    'DELETE me/email-change',
    'GET me/deletion',
    'POST me/deletion',
    'GET me/exports',
    'POST me/exports',
    'GET me/exports/:exportId',
    'GET me/exports/:exportId/archive',
    'DELETE me/exports/:exportId',
    'GET me/second-factors',
    'POST me/totp',
    'POST me/totp/confirmation',
    'DELETE me/totp',
    'POST me/recovery-codes',
    'POST me/passkeys/challenge',
    'POST me/passkeys',
    'PATCH me/passkeys/:passkeyId',
    'DELETE me/passkeys/:passkeyId',
    'GET me/identities',
    'POST me/identities',
    'POST me/identities/journey',
    'DELETE me/identities/:identityId',
    'DELETE me/memberships/:membershipId',
    'POST me/memberships/:membershipId/ownership-transfer',
    'POST invitations/acceptance',
    'GET workspaces',
    'POST workspaces',
    'MESSAGE renew',
  ],
  connected: ['MESSAGE head', 'MESSAGE unwatch'],
  'deals:read': [
    'MESSAGE watch deal',
    ...inWorkspace(
      'GET deals',
      'GET deals/:dealId',
      'GET deal-statistics/route-prices',
      'GET deal-statistics/popular-destinations',
      'GET deal-statistics/deals-per-day',
    ),
  ],
  'deals:write': inWorkspace('POST deals/:dealId/expiry', 'POST messages/:messageId/parses', 'POST message-parses'),
  'sources:read': inWorkspace('GET sources', 'GET sources/:sourceId'),
  'sources:write': inWorkspace(
    'POST sources',
    'PATCH sources/:sourceId',
    'DELETE sources/:sourceId',
    'POST sources/:sourceId/test',
    'POST sources/:sourceId/pause',
    'DELETE sources/:sourceId/pause',
    'POST sources/:sourceId/address',
  ),
  'messages:read': inWorkspace('GET messages', 'GET messages/:messageId', 'GET messages/:messageId/raw'),
  'messages:write': inWorkspace(
    'POST sources/:sourceId/messages',
    'POST sources/:sourceId/uploads',
    'DELETE messages/:messageId',
  ),
  'subscriptions:read': inWorkspace(
    'GET subscriptions',
    'GET subscriptions/:subscriptionId',
    'GET subscriptions/:subscriptionId/deliveries',
    'GET subscriptions/:subscriptionId/mail-preview',
    'GET deliveries',
    'GET deliveries/:deliveryId',
    'POST subscription-previews',
  ),
  'subscriptions:write': inWorkspace(
    'POST subscriptions',
    'PATCH subscriptions/:subscriptionId',
    'DELETE subscriptions/:subscriptionId',
  ),
  'members:read': inWorkspace('GET members', 'GET roles', 'GET roles/:roleId'),
  'members:write': inWorkspace(
    'PATCH members/:userId',
    'DELETE members/:userId',
    'POST members/:userId/suspension',
    'DELETE members/:userId/suspension',
    'GET invitations',
    'POST invitations',
    'DELETE invitations/:invitationId',
    'POST roles',
    'PATCH roles/:roleId',
    'DELETE roles/:roleId',
  ),
  'workspace:read': [
    'MESSAGE watch',
    ...inWorkspace('GET', 'GET plan', 'GET usage', 'GET second-factor-policy'),
  ],
  'workspace:write': inWorkspace('PATCH', 'PUT second-factor-policy'),
  'billing:write': inWorkspace('POST checkouts', 'POST billing-portal-sessions'),
  'api_keys:read': inWorkspace('GET api-keys', 'GET api-keys/:keyId'),
  'api_keys:write': inWorkspace(
    'POST api-keys',
    'PATCH api-keys/:keyId',
    'POST api-keys/:keyId/rotation',
    'DELETE api-keys/:keyId',
  ),
  'service_accounts:read': inWorkspace('GET service-accounts', 'GET service-accounts/:serviceAccountId'),
  'service_accounts:write': inWorkspace(
    'POST service-accounts',
    'PATCH service-accounts/:serviceAccountId',
    'DELETE service-accounts/:serviceAccountId',
    'POST service-accounts/:serviceAccountId/suspension',
    'DELETE service-accounts/:serviceAccountId/suspension',
  ),
  'webhooks:read': inWorkspace(
    'GET webhook-endpoints',
    'GET webhook-endpoints/:endpointId',
    'GET webhook-endpoints/:endpointId/secrets',
  ),
  'webhooks:write': inWorkspace(
    'POST webhook-endpoints',
    'PATCH webhook-endpoints/:endpointId',
    'DELETE webhook-endpoints/:endpointId',
    'POST webhook-endpoints/:endpointId/ownership',
    'POST webhook-endpoints/:endpointId/secret-rotations',
  ),
  'audit:read': inWorkspace(
    'GET audit-events',
    'GET audit-events/:eventId',
    'GET audit-export',
    'GET members/:userId/access',
  ),
  'instance:operate': [
    'GET instance/operators',
    'POST instance/operators',
    'DELETE instance/operators/:userId',
    'POST instance/sign-outs',
    'POST instance/second-factor-resets',
    'GET instance/workspaces',
    'PUT instance/workspaces/:workspaceId/suspension',
    'DELETE instance/workspaces/:workspaceId/suspension',
    'GET instance/plans',
    'GET instance/workspace-plans',
    'PUT instance/workspaces/:workspaceId/plan',
    'DELETE instance/workspaces/:workspaceId/plan',
    'GET audit-events',
    'GET audit-events/:eventId',
    'GET audit-export',
    'GET jobs',
    'GET jobs/:jobId',
    'POST jobs/release',
    'POST jobs/:jobId/retry',
    'DELETE jobs/:jobId',
    'GET preview-mailbox',
    'GET preview-mailbox/:mailId',
    'DELETE preview-mailbox',
    'GET log-readers',
    'POST log-readers/:reader/restart',
    'POST log-readers/:reader/rebuild',
    'GET parked-events',
    'POST parked-events/:reader/:position/retry',
    'DELETE parked-events/:reader/:position',
  ],
};

/** Alerts and what makes them belong to a person: a service account makes none, and finds nobody else's. */
export const ROBOTS: Readonly<Record<string, Outcome>> = {
  'POST workspaces/:workspaceId/subscriptions': 'forbidden',
  'GET workspaces/:workspaceId/subscriptions/:subscriptionId': 'not found',
  'PATCH workspaces/:workspaceId/subscriptions/:subscriptionId': 'forbidden',
  'DELETE workspaces/:workspaceId/subscriptions/:subscriptionId': 'forbidden',
  'GET workspaces/:workspaceId/subscriptions/:subscriptionId/deliveries': 'not found',
  'GET workspaces/:workspaceId/subscriptions/:subscriptionId/mail-preview': 'not found',
  'GET workspaces/:workspaceId/deliveries/:deliveryId': 'not found',
};

/** What a row says that an entrance asks for; undefined without a row. */
export function rowOf({ name }: Pick<Entrance, 'name'>, rows = ROWS): EntrancePermission | undefined {
  return (Object.keys(rows) as EntrancePermission[]).find((permission) => rows[permission].includes(name));
}

/** What is wrong with the rows, in sentences: an entrance without one, one that asks for something else, a row of nothing. */
export function rowFaults(entrances: readonly Pick<Entrance, 'name' | 'permission'>[], rows = ROWS): string[] {
  const names = new Set(entrances.map(({ name }) => name));
  const listed = Object.values(rows).flat();
  return [
    ...entrances.flatMap(({ name, permission }) => {
      const row = rowOf({ name }, rows);
      if (row === undefined) return [`${name} has no row: list it under "${permission}" in rows.ts, if that is right.`];
      return row === permission ? [] : [`${name} asks for "${permission}", and its row says "${row}".`];
    }),
    ...listed.filter((name) => !names.has(name)).map((name) => `The row of ${name} is of nothing that exists.`),
    ...listed.filter((name, at) => listed.indexOf(name) !== at).map((name) => `${name} has two rows.`),
  ];
}
