import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { Mailer, type MailBlock } from '#platform/mail/index.js';
import type { Account } from '../account.entity.js';
import { OneTimeTokens, TOKEN_HOURS } from '../one-time-tokens.js';
import type { EmailChange } from './email-change.entity.js';

const CONFIRM_PATH = '/confirm-email-change#token=';
const UNDO_PATH = '/undo-email-change#token=';
const SAFETY = 'You get this mail because it concerns the safety of your account.';

/** The mails about a change of address. What goes to the new one names nobody: a stranger may have typed it. */
@Injectable()
export class EmailChangeMails {
  constructor(
    private readonly config: InstanceConfig,
    private readonly mailer: Mailer,
    private readonly tokens: OneTimeTokens,
  ) {}

  /** Sends the new address the link that makes the change. */
  async confirm(em: EntityManager, change: EmailChange): Promise<void> {
    const token = await this.tokens.issue(em, 'change_email', { id: change.userId, emailKey: change.toEmailKey });
    if (!token) return;
    await this.mailer.queueMail(em, {
      to: change.toEmail,
      subject: 'Confirm your new address',
      preheader: 'One click and your Signalbox account moves here.',
      heading: 'Confirm your new address',
      blocks: [
        {
          type: 'text',
          text: 'Someone, most likely you, wants to use this address for their Signalbox account. Confirm that it is yours:',
        },
        { type: 'button', label: 'Use this address', url: this.link(CONFIRM_PATH, token) },
        { type: 'text', tone: 'muted', text: `The link works once, for ${TOKEN_HOURS.change_email} hours.` },
      ],
      footer: 'If it was not you, ignore this mail: without the click nothing changes.',
      about: { type: 'user', id: change.userId },
    });
  }

  /** Tells the owner of an address that somebody wanted it for another account; that one is told nothing of it. */
  async claimed(em: EntityManager, owner: Account): Promise<void> {
    await this.mailer.queueMail(em, {
      to: owner.email,
      subject: 'Someone wanted to use your address',
      preheader: 'Your account stays as it is.',
      heading: 'Someone wanted to use your address',
      blocks: [
        {
          type: 'text',
          text:
            'Someone, perhaps you, asked to move another Signalbox account to this address. Your account has it already, so ' +
            'nothing was changed.',
        },
        {
          type: 'text',
          text: 'If it was you, sign in to the account of this address, or delete that one before you move the other.',
        },
      ],
      footer: SAFETY,
      about: { type: 'user', id: owner.id },
      key: `address-claimed:${owner.id}`,
    });
  }

  /** Tells the present address that a change was asked for, with a link that stops or undoes it. */
  async asked(em: EntityManager, account: Account, change: EmailChange): Promise<void> {
    const undo = await this.undoing(em, 'cancel_email_change', change, 'Stop this change');
    if (!undo) return;
    await this.mailer.queueMail(em, {
      to: change.fromEmail,
      subject: 'Your address is about to change',
      preheader: 'It takes effect when the new address is confirmed.',
      heading: 'Your address is about to change',
      blocks: [
        { type: 'text', text: 'Someone who is signed in to your Signalbox account asked to change its address.' },
        { type: 'keyvalues', rows: [{ key: 'New address', value: change.toEmail }] },
        {
          type: 'text',
          text: 'It takes effect when the new address is confirmed. If it was you, there is nothing to do.',
        },
        ...undo,
      ],
      footer: SAFETY,
      about: { type: 'user', id: account.id },
    });
  }

  /** Tells the earlier address that the change was made, with a link that undoes it. */
  async changed(em: EntityManager, account: Account, change: EmailChange): Promise<void> {
    const undo = await this.undoing(em, 'undo_email_change', change, 'Undo this change');
    if (!undo) return;
    await this.mailer.queueMail(em, {
      to: change.fromEmail,
      subject: 'Your address was changed',
      preheader: 'Your account signs in with the new address from now on.',
      heading: 'Your address was changed',
      blocks: [
        { type: 'text', text: 'Your Signalbox account has a new address, with which you sign in from now on.' },
        { type: 'keyvalues', rows: [{ key: 'New address', value: account.email }] },
        { type: 'text', text: 'If it was you, there is nothing to do.' },
        ...undo,
      ],
      footer: SAFETY,
      about: { type: 'user', id: account.id },
    });
  }

  private async undoing(
    em: EntityManager,
    purpose: 'cancel_email_change' | 'undo_email_change',
    change: EmailChange,
    label: string,
  ): Promise<MailBlock[] | null> {
    const token = await this.tokens.issue(em, purpose, { id: change.userId, emailKey: change.fromEmailKey });
    if (!token) return null;
    const days = Math.floor(TOKEN_HOURS[purpose] / 24);
    return [
      { type: 'text', text: 'If it was not you, somebody else is in your account. This keeps your address:' },
      { type: 'button', label, url: this.link(UNDO_PATH, token) },
      {
        type: 'text',
        tone: 'muted',
        text:
          `The link works once, for ${days} days. When the change has taken effect, it also ends every session, makes the ` +
          'password useless, removes the passkeys, linked accounts and API keys that were added lately, and mails you a link ' +
          'to set a new password.',
      },
    ];
  }

  private link(path: string, token: string): string {
    return `${this.config.origin}${path}${token}`;
  }
}
