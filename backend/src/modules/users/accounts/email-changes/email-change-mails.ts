import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { type EntityManager, query } from '#platform/database/index.js';
import { Mailer } from '#platform/mail/index.js';
import type { Account } from '../account.entity.js';
import { OneTimeTokens, TOKEN_HOURS } from '../one-time-tokens.js';
import { emailChangeWords } from './email-change-words.js';
import type { EmailChange } from './email-change.entity.js';

const CONFIRM_PATH = '/confirm-email-change#token=';
const UNDO_PATH = '/undo-email-change#token=';
const LOCALE = 'select locale from user_account where id = $1';

/** The mails about a change of address. What goes to the new one names nobody: a stranger may have typed it. */
@Injectable()
export class EmailChangeMails {
  constructor(
    private readonly config: InstanceConfig,
    private readonly mailer: Mailer,
    private readonly tokens: OneTimeTokens,
  ) {}

  /** Sends the new address the link that makes the change, in the language of who asked. */
  async confirm(em: EntityManager, change: EmailChange): Promise<void> {
    const token = await this.tokens.issue(em, 'change_email', { id: change.userId, emailKey: change.toEmailKey });
    if (!token) return;
    const [person] = await query<{ locale: string }>(em, LOCALE, [change.userId]);
    const locale = person?.locale ?? 'en';
    const words = emailChangeWords(locale).confirm;
    await this.mailer.queueMail(em, {
      to: change.toEmail,
      locale,
      subject: words.subject,
      preheader: words.preheader,
      heading: words.subject,
      blocks: [
        { type: 'text', text: words.text },
        { type: 'button', label: words.button, url: this.link(CONFIRM_PATH, token) },
        { type: 'text', tone: 'muted', text: words.note(TOKEN_HOURS.change_email) },
      ],
      footer: words.footer,
      about: { type: 'user', id: change.userId },
    });
  }

  /** Tells the owner of an address that somebody wanted it for another account; that one is told nothing of it. */
  async claimed(em: EntityManager, { id, email, locale }: Account): Promise<void> {
    const { claimed: words, safety } = emailChangeWords(locale);
    await this.mailer.queueMail(em, {
      to: email,
      locale,
      subject: words.subject,
      preheader: words.preheader,
      heading: words.subject,
      blocks: [
        { type: 'text', text: words.text },
        { type: 'text', text: words.then },
      ],
      footer: safety,
      about: { type: 'user', id },
      key: `address-claimed:${id}`,
    });
  }

  /** Tells the present address that a change was asked for, with a link that stops or undoes it. */
  async asked(em: EntityManager, account: Account, change: EmailChange): Promise<void> {
    await this.undoable(em, account, change, 'asked');
  }

  /** Tells the earlier address that the change was made, with a link that undoes it. */
  async changed(em: EntityManager, account: Account, change: EmailChange): Promise<void> {
    await this.undoable(em, account, change, 'changed');
  }

  private async undoable(
    em: EntityManager,
    { id, email, locale }: Account,
    change: EmailChange,
    stage: 'asked' | 'changed',
  ): Promise<void> {
    const purpose = stage === 'asked' ? 'cancel_email_change' : 'undo_email_change';
    const token = await this.tokens.issue(em, purpose, { id: change.userId, emailKey: change.fromEmailKey });
    if (!token) return;
    const words = emailChangeWords(locale);
    const { subject, preheader, text, then, button } = words[stage];
    const address = stage === 'asked' ? change.toEmail : email;
    await this.mailer.queueMail(em, {
      to: change.fromEmail,
      locale,
      subject,
      preheader,
      heading: subject,
      blocks: [
        { type: 'text', text },
        { type: 'keyvalues', rows: [{ key: words.newAddress, value: address }] },
        { type: 'text', text: then },
        { type: 'text', text: words.notYou },
        { type: 'button', label: button, url: this.link(UNDO_PATH, token) },
        { type: 'text', tone: 'muted', text: words.undoing(Math.floor(TOKEN_HOURS[purpose] / 24)) },
      ],
      footer: words.safety,
      about: { type: 'user', id },
    });
  }

  private link(path: string, token: string): string {
    return `${this.config.origin}${path}${token}`;
  }
}
