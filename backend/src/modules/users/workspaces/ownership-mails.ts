import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { Mailer } from '#platform/mail/index.js';
import type { Account } from '../accounts/account.entity.js';
import type { Workspace } from './workspace.entity.js';

/** The mails about who owns a workspace. */
@Injectable()
export class OwnershipMails {
  constructor(
    private readonly config: InstanceConfig,
    private readonly mailer: Mailer,
  ) {}

  /** Tells the earlier owner and the new one, in the caller's transaction. */
  async handedOver(em: EntityManager, workspace: Workspace, from: Account, to: Account): Promise<void> {
    await this.tell(em, workspace, from, {
      subject: `You handed ${workspace.name} over`,
      text: `${to.name} owns the workspace ${workspace.name} now, as you wished. You are an admin of it.`,
      footer: `If it was not you, sign in, change your password and ask ${to.name} or your administrator for it back.`,
    });
    await this.tell(em, workspace, to, {
      subject: `${workspace.name} is yours`,
      text: `${from.name} handed the workspace ${workspace.name} over to you: you are an owner of it now.`,
      footer: 'If you do not want it, hand it over to another member.',
    });
  }

  private async tell(
    em: EntityManager,
    { id: workspaceId }: Workspace,
    { id, email }: Account,
    { subject, text, footer }: { subject: string; text: string; footer: string },
  ): Promise<void> {
    await this.mailer.queueMail(em, {
      to: email,
      subject,
      preheader: text,
      heading: subject,
      blocks: [
        { type: 'text', text },
        { type: 'button', label: 'See its members', url: `${this.config.origin}/workspaces/${workspaceId}/members` },
      ],
      footer,
      about: { type: 'user', id },
      workspaceId,
    });
  }
}
