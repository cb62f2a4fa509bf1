import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { type EntityManager, query } from '#platform/database/index.js';
import { Mailer, type MailBlock } from '#platform/mail/index.js';
import type { Suspension, Workspace } from './workspace.entity.js';

interface Reader {
  id: string;
  email: string;
}

interface Words {
  subject: string;
  text: string;
  /** Sentences of somebody else. */
  quoted?: string | null;
  footer: string;
  /** Whether the reader finds it open. */
  open: boolean;
}

// One who is kept out of the workspace is not told how it fares.
const OWNERS = `
  select u.id, u.email from membership m join user_account u on u.id = m.user_id
   where m.workspace_id = $1 and m.role = 'owner' and m.suspended_at is null order by u.id`;
const PERSON = `select id, email from user_account where id = $1`;

const SUSPENDED: Record<Suspension, (name: string) => Pick<Words, 'subject' | 'text'>> = {
  closed: (name) => ({
    subject: `${name} was closed`,
    text:
      `An operator of Signalbox closed the workspace ${name}: nobody who belongs to it gets in, and its alerts have stopped. ` +
      'Sources go on receiving, and nothing is lost.',
  }),
  read_only: (name) => ({
    subject: `${name} is read-only now`,
    text:
      `An operator of Signalbox made the workspace ${name} read-only: everything can be read, and nothing changed. ` +
      'Sources go on receiving, and alerts go on.',
  }),
};

/** The mails about suspended workspaces and members. */
@Injectable()
export class SuspensionMails {
  constructor(
    private readonly config: InstanceConfig,
    private readonly mailer: Mailer,
  ) {}

  /** Tells the owners of a workspace that an operator suspended it, how, and why. */
  async workspaceSuspended(em: EntityManager, workspace: Workspace, mode: Suspension, reason: string | null) {
    await this.tell(em, workspace, await query<Reader>(em, OWNERS, [workspace.id]), {
      ...SUSPENDED[mode](workspace.name),
      quoted: reason,
      footer: 'You get this mail because you own the workspace. Ask your administrator how it opens again.',
      open: mode === 'read_only',
    });
  }

  /** Tells the owners of a workspace that it is open again. */
  async workspaceResumed(em: EntityManager, workspace: Workspace): Promise<void> {
    const { id, name } = workspace;
    await this.tell(em, workspace, await query<Reader>(em, OWNERS, [id]), {
      subject: `${name} is open again`,
      text: `An operator of Signalbox ended the suspension of the workspace ${name}: it works as before.`,
      footer: 'You get this mail because you own the workspace.',
      open: true,
    });
  }

  /** Tells a member that the workspace is closed to them. */
  async memberSuspended(em: EntityManager, workspace: Workspace, userId: string): Promise<void> {
    const { name } = workspace;
    await this.tell(em, workspace, await query<Reader>(em, PERSON, [userId]), {
      subject: `${name} is closed to you`,
      text:
        `You were suspended in the workspace ${name}: it is closed to you and to your API keys there, and your alerts of it ` +
        'have stopped. Your role, keys and subscriptions are kept.',
      footer: 'If you think that this is a mistake, ask an owner of the workspace.',
      open: false,
    });
  }

  /** Tells a member that they are let in again; `heir` when it is because nobody else was left to own the workspace. */
  async memberResumed(em: EntityManager, workspace: Workspace, userId: string, heir = false): Promise<void> {
    const { name } = workspace;
    const kept = heir
      ? 'You own it from now on, because its last owner left. Your keys and subscriptions are as they were.'
      : 'Your role, keys and subscriptions are as they were.';
    await this.tell(em, workspace, await query<Reader>(em, PERSON, [userId]), {
      subject: `${name} is open to you again`,
      text: `You were let in to the workspace ${name} again. ${kept}`,
      footer: 'You get this mail because you were suspended there before.',
      open: true,
    });
  }

  private async tell(em: EntityManager, { id: workspaceId }: Workspace, readers: Reader[], words: Words) {
    const { subject, text, quoted, footer, open } = words;
    const url = `${this.config.origin}/workspaces/${workspaceId}`;
    const blocks: MailBlock[] = [{ type: 'text', text }];
    if (quoted) blocks.push({ type: 'keyvalues', rows: [{ key: 'Reason', value: quoted }] });
    if (open) blocks.push({ type: 'button', label: 'Open the workspace', url });
    for (const { id, email } of readers)
      await this.mailer.queueMail(em, {
        to: email,
        subject,
        preheader: text,
        heading: subject,
        blocks,
        footer,
        about: { type: 'user', id },
        workspaceId,
      });
  }
}
