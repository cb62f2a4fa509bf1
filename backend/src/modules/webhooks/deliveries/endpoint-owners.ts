import { Inject, Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { query, type EntityManager } from '#platform/database/index.js';
import { Mailer } from '#platform/mail/index.js';
import type { WebhookEndpoint } from '../endpoints/endpoint.entity.js';

const OWNER = `
  select u.email, w.name as workspace
    from user_account u
    join access_grant g on g.principal_id = u.id and g.workspace_id = $2
    join workspace w on w.id = g.workspace_id
   where u.id = $1 and u.erase_at is null and u.email_verified_at is not null`;

/** Tells the owner of an endpoint by mail that it was stopped, while they belong to the workspace. */
@Injectable()
export class EndpointOwners {
  constructor(
    private readonly mailer: Mailer,
    @Inject(InstanceConfig) private readonly instance: InstanceConfig,
  ) {}

  /** In the transaction that stops it. */
  async tellStopped(em: EntityManager, endpoint: WebhookEndpoint, reason: string): Promise<void> {
    const [owner] = await query<{ email: string; workspace: string }>(em, OWNER, [
      endpoint.ownerId,
      endpoint.workspaceId,
    ]);
    if (!owner) return;
    const { host } = new URL(endpoint.url);
    const subject = `Webhooks to ${host} were stopped`;
    await this.mailer.queueMail(em, {
      to: owner.email,
      subject,
      workspaceId: endpoint.workspaceId,
      about: { type: 'webhook_endpoint', id: endpoint.id },
      heading: subject,
      preheader: reason,
      blocks: [
        { type: 'text', text: `${reason} Nothing more is sent to it until somebody switches it on again.` },
        {
          type: 'keyvalues',
          rows: [
            { key: 'Workspace', value: owner.workspace },
            { key: 'Address', value: host },
            { key: 'Description', value: endpoint.description || 'none' },
          ],
        },
      ],
      footer: `You get this because the webhook is yours on ${new URL(this.instance.origin).host}.`,
    });
  }
}
