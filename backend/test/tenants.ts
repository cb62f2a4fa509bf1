// Tenants of the whole application: workspaces with people of every role, and something real behind each parameter that a
// path may have.
import { v7 as uuidv7 } from 'uuid';
import type { Permission, Role } from '#platform/access/index.js';
import { systemActor } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Mailer } from '#platform/mail/index.js';
import { Storage } from '#platform/storage/index.js';
import { dealFound, dealRows } from './deals.js';
import type { TestApiKey, TestPerson, TestWorkspace } from './factories.js';
import { PROVIDER, type WholeApplication } from './whole-application.js';

/** Who sends a request, as far as its headers say. */
export interface Caller {
  readonly id: string;
  readonly headers: { readonly authorization: string };
}

/** Makes what a path's parameter names, for a caller who shall find it. */
export type Maker = (tenant: Tenant, caller: Caller) => Promise<string>;

/**
 * One maker a parameter. Each call makes a new thing, so that no route finds it used up by another. A route with a
 * parameter that is not here fails the specs.
 */
export const makers: Record<string, Maker> = {
  workspaceId: async (tenant) => tenant.workspace.id,
  membershipId: async (tenant) => tenant.workspace.id,
  userId: async (tenant) => (await tenant.whole.make.person().in(tenant.workspace).create()).id,
  invitationId: async (tenant) => {
    const body = { email: `guest-${uuidv7()}@example.com`, role: 'viewer' };
    return tenant.made('invitations', body);
  },
  roleId: (tenant) => tenant.made('roles', { name: `Role ${uuidv7()}`, permissions: ['deals:read', 'messages:read'] }),
  sessionId: async ({ whole }, caller) => {
    const id = uuidv7();
    await whole.make.sql(
      `insert into session (id, user_id, method, created_at, last_used_at, idle_expires_at, expires_at)
       select $1, id, 'password', now(), now(), now() + interval '1 day', now() + interval '1 day'
       from user_account where id = coalesce((select user_id from api_key where id = $2), $2)`,
      [id, caller.id],
    );
    return id;
  },
  exportId: async ({ whole }, caller) => {
    const id = uuidv7();
    const [made] = await whole.make.sql<{ user_id: string; storage_key: string }>(
      `insert into personal_export (id, user_id, state, storage_key, size, created_at, finished_at, expires_at)
       select $1, id, 'ready', concat_ws('/', 'exports', id, $1::uuid, '1.zip'), 4, now(), now(), now() + interval '1 day'
       from user_account where id = coalesce((select user_id from api_key where id = $2), $2)
       returning user_id, storage_key`,
      [id, caller.id],
    );
    if (made) await whole.app.get(Storage).put(made.storage_key, Buffer.from('PK\u0005\u0006'));
    return id;
  },
  keyId: async (tenant) => (await tenant.key(['deals:read'])).id,
  serviceAccountId: (tenant) => tenant.made('service-accounts', { name: `Robot ${uuidv7()}`, role: 'viewer' }),
  sourceId: (tenant) => tenant.made('sources', { kind: 'smtp', name: 'Newsletters' }),
  messageId: async (tenant) => {
    const source = await uploadSource(tenant);
    const text = `A mail without any deal, number ${uuidv7()}.`;
    const { messages } = await tenant.post<{ messages: { id: string }[] }>(`sources/${source}/messages`, { text });
    return messages[0]?.id ?? '';
  },
  dealId: async ({ whole, workspace }) => (await dealRows(whole.make, workspace, [{ title: 'A deal' }]))[0] ?? '',
  eventId: async (tenant) => (await tenant.event()).id,
  subscriptionId: async (tenant, caller) => (await alert(tenant, caller)).subscriptionId,
  deliveryId: async (tenant, caller) => (await alert(tenant, caller)).deliveryId,
  webhookDeliveryId: async (tenant) => {
    const endpointId = await webhookEndpoint(tenant);
    return (await tenant.post<{ id: string }>(`webhook-endpoints/${endpointId}/tests`, { type: 'deal.found' })).id;
  },
  replayId: runningReplay,
  inboxId: (tenant) => tenant.made('webhook-inboxes', {}),
  incomingId: (tenant) => tenant.made('incoming-webhooks', { name: 'Repository', scheme: 'github' }),
  hookId: (tenant) => tenant.made('hooks', { hookUrl: 'https://hooks.invalid/hook', event: 'deal.found' }),
  inboxToken: async (tenant) => webhookToken(await tenant.post('webhook-inboxes', {})),
  incomingToken: async (tenant) =>
    webhookToken(await tenant.post('incoming-webhooks', { name: 'Repository', scheme: 'github' })),
  endpointId: (tenant) => webhookEndpoint(tenant),
  // An address that nothing may be sent to: a test message gets no further than this machine.
  channelId: (tenant) => tenant.made('channels', { kind: 'webhook', name: 'Pager', url: 'https://203.0.113.9/hook' }),
  deviceId: (tenant, caller) => ownChannel(tenant, caller, 'push'),
  addressId: async ({ whole }) => {
    const id = uuidv7().replace(/^(.{14}).(.{4})./, '$18$28');
    const text = `insert into mail_suppression (address_hash, address, reason) values ($1, 'sealed', 'bounce')`;
    await whole.make.sql(text, [id.replaceAll('-', '').padEnd(64, '0')]);
    return id;
  },
  token: async (tenant) => {
    const { owner } = tenant.workspace;
    const { subscriptionId } = await alert(tenant, owner);
    const { text } = await tenant.get<{ text: string }>(`subscriptions/${subscriptionId}/mail-preview`);
    return /unsubscriptions\/(\S+)/.exec(text)?.[1] ?? '';
  },
  notificationId: async (tenant, caller) => {
    const id = uuidv7();
    const event = await tenant.event();
    await tenant.whole.make.sql(
      `insert into notification (id, workspace_id, user_id, topic, type, subject_type, subject_id, scope_kind, position, events,
         total, form)
       select $1, $2, id, 'deal', 'deal.found', 'deal', $3, 'workspace', $4, $5, 1, 'single'
       from user_account where id = coalesce((select user_id from api_key where id = $6), $6)`,
      [
        id,
        tenant.workspace.id,
        event.id,
        event.position,
        JSON.stringify([{ ...event, position: Number(event.position) }]),
        caller.id,
      ],
    );
    return id;
  },
  kind: async () => 'deal.found',
  passkeyId: async ({ whole }, caller) => {
    const id = uuidv7();
    await whole.make.sql(
      `insert into passkey (id, user_id, credential_id, public_key, counter, transports, synced, name, created_at)
       select $1, id, $2, '', 0, '{}', false, 'Laptop', now() from user_account where id = $3`,
      [id, id, caller.id],
    );
    return id;
  },
  identityId: async ({ whole }, caller) => {
    const id = uuidv7();
    await whole.make.sql(
      `insert into identity (id, user_id, provider, issuer, subject, created_at)
       select $1::uuid, id, $2, $3, $1::text, now() from user_account where id = $4`,
      [id, PROVIDER, 'https://github.com', caller.id],
    );
    return id;
  },
  providerId: async () => PROVIDER,
  jobId: async ({ whole }) => {
    const id = uuidv7();
    // Held, so that no worker takes it before the route does.
    const text = `insert into job (id, queue, name, payload, held) values ($1, 'mail', 'send', '{}', true)`;
    await whole.make.sql(text, [id]);
    return id;
  },
  mailId: async ({ whole }) => {
    const to = `kept-${uuidv7()}@example.com`;
    await whole.app.get(Mailer).send({ to, subject: 'Kept', html: '<p>Kept</p>', text: 'Kept' });
    const [mail] = await whole.make.sql<{ id: string }>('select id from preview_mail where $1 = any(recipients)', [to]);
    return mail?.id ?? '';
  },
};

/** A source that takes uploads. */
export const uploadSource = (tenant: Tenant): Promise<string> =>
  tenant.made('sources', { kind: 'upload', name: 'By hand' });

/** Ends the replays of the workspace, which has one at a time. */
export async function endReplays({ whole, workspace }: Tenant): Promise<void> {
  const text = `update webhook_replay set state = 'done' where workspace_id = $1 and state = 'running' returning 1`;
  await whole.make.sql(text, [workspace.id]);
}

/** A replay that no job carries out, so that it runs until it is stopped; one that is over where others make one this moment. */
async function runningReplay(tenant: Tenant): Promise<string> {
  await endReplays(tenant);
  const id = uuidv7();
  for (const state of ['running', 'done'])
    await tenant.whole.make.sql(
      `insert into webhook_replay (id, workspace_id, filter, to_at, created_at, state)
       values ($1, $2, 'state:failed', now(), now(), $3) on conflict do nothing returning 1`,
      [id, tenant.workspace.id, state],
    );
  return id;
}

/** A webhook endpoint. */
export const webhookEndpoint = (tenant: Tenant): Promise<string> =>
  tenant.made('webhook-endpoints', { url: 'https://hooks.invalid/hook', types: ['deal.found'] });

/** A channel of somebody's own. */
export async function ownChannel({ whole, workspace }: Tenant, caller: Caller, kind = 'slack'): Promise<string> {
  const id = uuidv7();
  await whole.make.sql(
    `insert into notification_channel (id, workspace_id, user_id, kind, name, settings, hint)
     select $1, case when $2 = 'push' then null else $3::uuid end, id, $2, 'Mine', 'sealed', 'example.com/…'
     from user_account where id = coalesce((select user_id from api_key where id = $4), $4)`,
    [id, kind, workspace.id, caller.id],
  );
  return id;
}

/** A subscription that the workspace shares, and nobody has joined. */
export async function sharedSubscription({ whole, workspace }: Tenant): Promise<string> {
  const id = uuidv7();
  await whole.make.sql(
    `insert into subscription (id, workspace_id, name, target, filter, created_at, updated_at)
     values ($1, $2, 'A shared one', 'deal', 'price<400', now(), now())`,
    [id, workspace.id],
  );
  return id;
}

/** The last part of an address that outsiders post to. */
const webhookToken = ({ url }: { url: string }): string => url.split('/').at(-1) ?? '';

/** A subscription of somebody that has matched an event. */
async function alert(tenant: Tenant, caller: Caller): Promise<{ subscriptionId: string; deliveryId: string }> {
  const { whole, workspace } = tenant;
  const event = await tenant.event();
  const [subscriptionId, deliveryId] = [uuidv7(), uuidv7()];
  const [key] = await whole.make.sql<{ user_id: string }>('select user_id from api_key where id = $1', [caller.id]);
  const userId = key?.user_id ?? caller.id;
  await whole.make.sql(
    `insert into subscription (id, workspace_id, user_id, name, target, filter, created_at, updated_at)
     values ($1, $2, $3, 'A subscription', 'deal', 'price<400', now(), now())`,
    [subscriptionId, workspace.id, userId],
  );
  await whole.make.sql(
    `insert into delivery (id, workspace_id, subscription_id, user_id, event_id, event_position, event_type, subject_id,
       channel, job_id)
     values ($1, $2, $3, $4, $5, $6, 'deal.found', $5::uuid::text, 'mail', gen_random_uuid())`,
    [deliveryId, workspace.id, subscriptionId, userId, event.id, event.position],
  );
  return { subscriptionId, deliveryId };
}

/** A workspace with people of every role. */
export class Tenant {
  private sealed?: Promise<{ id: string; position: string }>;

  private constructor(
    readonly whole: WholeApplication,
    readonly workspace: TestWorkspace,
    readonly people: Readonly<Record<Role, TestPerson>>,
  ) {}

  static async create(whole: WholeApplication): Promise<Tenant> {
    return Tenant.of(whole, await whole.make.workspace().create());
  }

  /** Puts people of every role into a workspace. */
  static async of(whole: WholeApplication, workspace: TestWorkspace): Promise<Tenant> {
    const member = (role: Role) => whole.make.person().in(workspace, role).create();
    const [admin, plain, viewer] = await Promise.all([member('admin'), member('member'), member('viewer')]);
    return new Tenant(whole, workspace, { owner: workspace.owner, admin, member: plain, viewer });
  }

  /** A key of the owner, limited to some permissions. */
  key(scopes: readonly Permission[]): Promise<TestApiKey> {
    return this.whole.make
      .apiKey(this.workspace, this.workspace.owner)
      .scopes(...scopes)
      .create();
  }

  /** Sends a body to a list of the workspace as its owner. @returns the answer */
  async post<T>(path: string, body: object): Promise<T> {
    const { owner } = this.workspace;
    const answer = await this.whole.request('POST', this.workspace.url(path), {
      headers: owner.headers,
      payload: body,
    });
    if (answer.statusCode >= 300) throw new Error(`POST ${path} answered ${answer.statusCode}: ${answer.body}`);
    return answer.json<T>();
  }

  /** Reads something of the workspace as its owner. */
  async get<T>(path: string): Promise<T> {
    const answer = await this.whole.request('GET', this.workspace.url(path), { headers: this.workspace.owner.headers });
    if (answer.statusCode >= 300) throw new Error(`GET ${path} answered ${answer.statusCode}: ${answer.body}`);
    return answer.json<T>();
  }

  /** The same as `post`. @returns the new thing's id */
  async made(path: string, body: object): Promise<string> {
    return (await this.post<{ id: string }>(path, body)).id;
  }

  /** An event about a deal in this workspace, sealed. */
  event(): Promise<{ id: string; position: string }> {
    this.sealed ??= this.record();
    return this.sealed;
  }

  private async record(): Promise<{ id: string; position: string }> {
    const event = { workspaceId: this.workspace.id, subjectId: uuidv7(), actor: systemActor(), data: dealFound() };
    const log = this.whole.app.get(EventLog);
    return sealed(
      this.whole,
      await this.whole.app.get(Transactions).run(async (em) => log.record(em, 'deal.found', event)),
    );
  }
}

/** Waits until an event has its place in the log. */
async function sealed(whole: WholeApplication, id: string): Promise<{ id: string; position: string }> {
  for (;;) {
    const [row] = await whole.make.sql<{ position: string }>('select position from event where id = $1', [id]);
    if (row) return { id, position: row.position };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** An event of the instance, which belongs to no workspace that has members. @returns its id */
export async function systemEvent({ whole }: Tenant): Promise<string> {
  const place = { workspaceId: SYSTEM_WORKSPACE, subjectId: SYSTEM_WORKSPACE, actor: systemActor() };
  const event = { ...place, data: { reader: 'somebody' } };
  const log = whole.app.get(EventLog);
  const id = await whole.app.get(Transactions).run(async (em) => log.record(em, 'log_reader.restarted', event));
  return (await sealed(whole, id)).id;
}

/** The token in the newest mail to an address, which the preview mailbox caught. */
export async function mailedToken(whole: WholeApplication, address: string): Promise<string> {
  for (;;) {
    const [mail] = await whole.make.sql<{ text: string }>(
      'select body_text as text from preview_mail where $1 = any(recipients) order by id desc limit 1',
      [address],
    );
    const token = /#token=([\w-]+)/.exec(mail?.text ?? '')?.[1];
    if (token) return token;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
