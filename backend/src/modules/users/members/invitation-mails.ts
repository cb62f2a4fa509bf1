import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { type EntityManager, query } from '#platform/database/index.js';
import { Mailer } from '#platform/mail/index.js';
import { INVITATION_DAYS, type Invitation } from './invitation.entity.js';
import { invitationWords } from './invitation-words.js';

// Who is invited may have an account; who has none reads what the person reads who invites them.
const INVITER = `
  select i.name, coalesce(p.locale, i.locale) as locale
    from user_account i left join user_account p on p.email_key = $2 where i.id = $1`;

/** The mail that invites somebody to a workspace. */
@Injectable()
export class InvitationMails {
  constructor(
    private readonly config: InstanceConfig,
    private readonly mailer: Mailer,
  ) {}

  /** Queues the mail with the link of an invitation in the caller's transaction. */
  async invitation(
    em: EntityManager,
    invitation: Invitation,
    link: { token: string; workspace: string; inviterId: string },
  ): Promise<void> {
    const values = [link.inviterId, invitation.emailKey];
    const [inviter] = await query<{ name: string; locale: string }>(em, INVITER, values);
    const { workspace } = link;
    const locale = inviter?.locale ?? 'en';
    const words = invitationWords(locale);
    const name = inviter?.name ?? words.somebody;
    await this.mailer.queueMail(em, {
      to: invitation.email,
      locale,
      subject: words.subject(name, workspace),
      preheader: words.preheader(workspace),
      heading: words.heading(workspace),
      blocks: [
        { type: 'text', text: words.text(name, workspace) },
        { type: 'text', text: words.roles[invitation.role] },
        { type: 'button', label: words.button, url: `${this.config.origin}/invitation#token=${link.token}` },
        { type: 'text', tone: 'muted', text: words.note(INVITATION_DAYS) },
      ],
      footer: words.footer,
      workspaceId: invitation.workspaceId,
      about: { type: 'invitation', id: invitation.id },
    });
  }
}
