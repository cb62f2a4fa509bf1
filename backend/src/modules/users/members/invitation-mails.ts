import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { type EntityManager, query } from '#platform/database/index.js';
import { Mailer } from '#platform/mail/index.js';
import { INVITATION_DAYS, type Invitation } from './invitation.entity.js';

const ROLE_SENTENCE = {
  owner: 'As an owner you run the workspace together with its other owners.',
  admin: 'As an admin you see and change everything in it, people included.',
  member: 'As a member you see everything in it and work along.',
  viewer: 'As a viewer you see what happens in it.',
  custom: 'Your role there is one that the workspace made for its people.',
} as const;

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
    const [inviter] = await query<{ name: string }>(em, `select name from user_account where id = $1`, [
      link.inviterId,
    ]);
    const inviterName = inviter?.name ?? 'Somebody';
    await this.mailer.queueMail(em, {
      to: invitation.email,
      subject: `${inviterName} invites you to ${link.workspace}`,
      preheader: `Join ${link.workspace} on Signalbox.`,
      heading: `Join ${link.workspace}`,
      blocks: [
        { type: 'text', text: `${inviterName} invites you to the workspace ${link.workspace} on Signalbox.` },
        { type: 'text', text: ROLE_SENTENCE[invitation.role] },
        { type: 'button', label: 'Accept the invitation', url: `${this.config.origin}/invitation#token=${link.token}` },
        {
          type: 'text',
          tone: 'muted',
          text: `The link works once, for ${INVITATION_DAYS} days, and for this address only.`,
        },
      ],
      footer: 'If you do not know who invites you, ignore this mail.',
      workspaceId: invitation.workspaceId,
      about: { type: 'invitation', id: invitation.id },
    });
  }
}
