import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { Mailer } from '#platform/mail/index.js';
import type { Account } from '../accounts/account.entity.js';
import { ownershipWords } from './ownership-words.js';
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
    await this.tell(em, workspace, from, 'from', to.name);
    await this.tell(em, workspace, to, 'to', from.name);
  }

  private async tell(
    em: EntityManager,
    { id: workspaceId, name }: Workspace,
    { id, email, locale }: Account,
    side: 'from' | 'to',
    other: string,
  ): Promise<void> {
    const words = ownershipWords(locale);
    const { subject, text, footer } = words[side];
    await this.mailer.queueMail(em, {
      to: email,
      locale,
      subject: subject(name),
      preheader: text(name, other),
      heading: subject(name),
      blocks: [
        { type: 'text', text: text(name, other) },
        { type: 'button', label: words.button, url: `${this.config.origin}/workspaces/${workspaceId}/members` },
      ],
      footer: typeof footer === 'string' ? footer : footer(other),
      about: { type: 'user', id },
      workspaceId,
    });
  }
}
