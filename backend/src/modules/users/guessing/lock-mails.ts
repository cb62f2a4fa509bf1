import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { Mailer } from '#platform/mail/index.js';
import type { Account } from '../accounts/account.entity.js';
import { OneTimeTokens, TOKEN_HOURS } from '../accounts/one-time-tokens.js';
import type { GuessKind } from './guess.js';
import { lockWords } from './lock-words.js';

const UNLOCK_PATH = '/unlock-sign-in#token=';

/** The mails about attempts that must wait. */
@Injectable()
export class LockMails {
  constructor(
    private readonly config: InstanceConfig,
    private readonly mailer: Mailer,
    private readonly tokens: OneTimeTokens,
  ) {}

  /** Tells the owner that attempts at the account must wait, with a link that lets them in where one helps. */
  async locked(em: EntityManager, account: Account, guessed: GuessKind): Promise<void> {
    const token = guessed === 'password' ? await this.tokens.issue(em, 'unlock_sign_in', account) : null;
    const words = lockWords(account.locale);
    await this.mailer.queueMail(em, {
      to: account.email,
      locale: account.locale,
      subject: words.subject,
      preheader: words.preheader,
      heading: words.heading,
      blocks: [
        { type: 'text', text: words.happened[guessed] },
        ...(token ? this.unlocking(token, words) : []),
        { type: 'text', text: words.advice[guessed] },
        { type: 'text', tone: 'muted', text: words.newPassword(`${this.config.origin}/reset-password`) },
      ],
      footer: words.footer,
      about: { type: 'user', id: account.id },
    });
  }

  /** Sends the link that was asked for; nothing when too many were sent lately. */
  async unlock(em: EntityManager, account: Account): Promise<void> {
    const token = await this.tokens.issue(em, 'unlock_sign_in', account);
    if (!token) return;
    const words = lockWords(account.locale);
    const { subject, preheader, text, footer } = words.unlock;
    await this.mailer.queueMail(em, {
      to: account.email,
      locale: account.locale,
      subject,
      preheader,
      heading: subject,
      blocks: [{ type: 'text', text }, ...this.unlocking(token, words)],
      footer,
      about: { type: 'user', id: account.id },
    });
  }

  private unlocking(token: string, words: ReturnType<typeof lockWords>) {
    return [
      { type: 'button', label: words.button, url: `${this.config.origin}${UNLOCK_PATH}${token}` },
      { type: 'text', tone: 'muted', text: words.note(TOKEN_HOURS.unlock_sign_in) },
    ] as const;
  }
}
