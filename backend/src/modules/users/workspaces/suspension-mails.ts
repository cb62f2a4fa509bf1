import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { type EntityManager, query } from '#platform/database/index.js';
import { Mailer, type MailBlock } from '#platform/mail/index.js';
import { suspensionWords } from './suspension-words.js';
import type { Suspension, Workspace } from './workspace.entity.js';

interface Reader {
  id: string;
  email: string;
  locale: string;
}

interface News {
  what: 'closed' | 'read_only' | 'resumed' | 'memberSuspended' | 'memberResumed' | 'heir';
  /** Sentences of somebody else. */
  quoted?: string | null;
  /** Whether the reader finds it open. */
  open: boolean;
}

// One who is kept out of the workspace is not told how it fares.
const OWNERS = `
  select u.id, u.email, u.locale from membership m join user_account u on u.id = m.user_id
   where m.workspace_id = $1 and m.role = 'owner' and m.suspended_at is null order by u.id`;
const PERSON = `select id, email, locale from user_account where id = $1`;

/** The mails about suspended workspaces and members. */
@Injectable()
export class SuspensionMails {
  constructor(
    private readonly config: InstanceConfig,
    private readonly mailer: Mailer,
  ) {}

  /** Tells the owners of a workspace that an operator suspended it, how, and why. */
  async workspaceSuspended(em: EntityManager, workspace: Workspace, mode: Suspension, reason: string | null) {
    const owners = await query<Reader>(em, OWNERS, [workspace.id]);
    await this.tell(em, workspace, owners, { what: mode, quoted: reason, open: mode === 'read_only' });
  }

  /** Tells the owners of a workspace that it is open again. */
  async workspaceResumed(em: EntityManager, workspace: Workspace): Promise<void> {
    const owners = await query<Reader>(em, OWNERS, [workspace.id]);
    await this.tell(em, workspace, owners, { what: 'resumed', open: true });
  }

  /** Tells a member that the workspace is closed to them. */
  async memberSuspended(em: EntityManager, workspace: Workspace, userId: string): Promise<void> {
    const person = await query<Reader>(em, PERSON, [userId]);
    await this.tell(em, workspace, person, { what: 'memberSuspended', open: false });
  }

  /** Tells a member that they are let in again; `heir` when it is because nobody else was left to own the workspace. */
  async memberResumed(em: EntityManager, workspace: Workspace, userId: string, heir = false): Promise<void> {
    const person = await query<Reader>(em, PERSON, [userId]);
    await this.tell(em, workspace, person, { what: heir ? 'heir' : 'memberResumed', open: true });
  }

  private async tell(em: EntityManager, { id: workspaceId, name }: Workspace, readers: Reader[], news: News) {
    const url = `${this.config.origin}/workspaces/${workspaceId}`;
    for (const { id, email, locale } of readers) {
      const words = suspensionWords(locale);
      const said = words[news.what];
      const blocks: MailBlock[] = [{ type: 'text', text: said.text(name) }];
      if (news.quoted) blocks.push({ type: 'keyvalues', rows: [{ key: words.reason, value: news.quoted }] });
      if (news.open) blocks.push({ type: 'button', label: words.button, url });
      await this.mailer.queueMail(em, {
        to: email,
        locale,
        subject: said.subject(name),
        preheader: said.text(name),
        heading: said.subject(name),
        blocks,
        footer: said.footer,
        about: { type: 'user', id },
        workspaceId,
      });
    }
  }
}
