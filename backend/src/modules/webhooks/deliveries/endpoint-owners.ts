import { Inject, Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { query, type EntityManager } from '#platform/database/index.js';
import { Mailer } from '#platform/mail/index.js';
import type { WebhookEndpoint } from '../endpoints/endpoint.entity.js';
import { endpointWords } from './endpoint-words.js';

const MEMBERS = `
  select u.email, u.locale, w.name as workspace
    from user_account u
    join access_grant g on g.principal_id = u.id and g.workspace_id = $1
    join workspace w on w.id = g.workspace_id
   where u.erase_at is null and u.email_verified_at is not null`;
const OWNER = `${MEMBERS} and u.id = $2`;
const WORKSPACE_OWNERS = `${MEMBERS} and g.role = 'owner' order by u.id limit 10`;

// The key, where one made the endpoint; then whoever it acts for. What bars them says why.
const WHY = `
  select p.owner_id is not null as known, k.id is not null as keyed, k.revoked_at is not null as revoked,
         k.expires_at <= now() as expired, k.service_account_id is not null as robot,
         exists (select from access_grant g where g.workspace_id = p.workspace_id and g.user_id = p.owner_id) as granted,
         (select b.reason from access_barred b where b.workspace_id = p.workspace_id
             and b.principal_id in (p.owner_id, p.owner_key_id) limit 1) as barred
    from webhook_endpoint p left join api_key k on k.id = p.owner_key_id where p.id = $1`;

interface Why {
  known: boolean;
  keyed: boolean;
  revoked: boolean;
  expired: boolean | null;
  robot: boolean;
  granted: boolean;
  barred: string | null;
}

interface Person {
  email: string;
  locale: string;
  workspace: string;
}

/** Who answers for an endpoint: why they may hear nothing for it, and mails about it. */
@Injectable()
export class EndpointOwners {
  constructor(
    private readonly mailer: Mailer,
    @Inject(InstanceConfig) private readonly instance: InstanceConfig,
  ) {}

  /** One sentence for people. */
  async whyDeaf(em: EntityManager, { id }: WebhookEndpoint): Promise<string> {
    const [why] = await query<Why>(em, WHY, [id]);
    if (!why?.known) return 'The account of its owner was erased.';
    if (why.barred === 'member_suspended') return 'Its owner is suspended in the workspace.';
    if (why.barred === 'second_factor_needed')
      return 'Its owner has no second factor, which the workspace asks of its members.';
    if (why.keyed && (why.granted || why.robot)) {
      if (why.revoked) return 'The API key that made it was revoked.';
      if (why.expired) return 'The API key that made it has expired.';
    }
    if (!why.granted) return 'Its owner does not belong to the workspace any more.';
    return 'Its owner may not see any more what it asks for.';
  }

  /** By mail, in the transaction that stops it, while they belong to the workspace. */
  async tellOwner(em: EntityManager, endpoint: WebhookEndpoint, reason: string): Promise<void> {
    await this.tell(em, OWNER, [endpoint.ownerId], endpoint, reason, 'owner');
  }

  /** Those who own the workspace, where the endpoint's own owner cannot act. */
  async tellWorkspace(em: EntityManager, endpoint: WebhookEndpoint, reason: string): Promise<void> {
    await this.tell(em, WORKSPACE_OWNERS, [], endpoint, reason, 'workspace');
  }

  private async tell(
    em: EntityManager,
    whom: string,
    values: unknown[],
    endpoint: WebhookEndpoint,
    reason: string,
    to: 'owner' | 'workspace',
  ): Promise<void> {
    const people = await query<Person>(em, whom, [endpoint.workspaceId, ...values]);
    const { host } = new URL(endpoint.url);
    const ours = new URL(this.instance.origin).host;
    for (const { email, locale, workspace } of people) {
      const words = endpointWords(locale);
      await this.mailer.queueMail(em, {
        to: email,
        locale,
        subject: words.subject(host),
        workspaceId: endpoint.workspaceId,
        about: { type: 'webhook_endpoint', id: endpoint.id },
        heading: words.subject(host),
        preheader: reason,
        blocks: [
          { type: 'text', text: reason },
          ...(to === 'owner' ? [{ type: 'text', text: words.then } as const] : []),
          {
            type: 'keyvalues',
            rows: [
              { key: words.workspace, value: workspace },
              { key: words.address, value: host },
              { key: words.description, value: endpoint.description || words.none },
            ],
          },
        ],
        footer: to === 'owner' ? words.footerOwner(ours) : words.footerWorkspace(ours),
      });
    }
  }
}
