import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { RateLimits, type RatePolicy } from '#platform/http/index.js';
import { Mailer, type QueuedMail } from '#platform/mail/index.js';
import type { Account } from './account.entity.js';
import { accountWords } from './account-words.js';
import { OneTimeTokens, TOKEN_HOURS } from './one-time-tokens.js';

// A token stands behind "#": browsers do not send that part, so no log and no referrer holds it.
const VERIFY_PATH = '/verify-email#token=';
const RESET_PATH = '/reset-password#token=';
/** How often somebody hears that others sign up with their address: a stranger does not get their mailbox filled. */
const TELLING: RatePolicy = { name: 'already-registered', limit: 5, windowSeconds: 3600 };

/** The mails about a person's own account. They name nobody: a stranger may have typed the address. */
@Injectable()
export class AccountMails {
  constructor(
    private readonly config: InstanceConfig,
    private readonly mailer: Mailer,
    private readonly tokens: OneTimeTokens,
    private readonly limits: RateLimits,
  ) {}

  /** Sends the link that confirms the address; nothing when too many were sent lately. */
  async verification(em: EntityManager, account: Account): Promise<void> {
    const token = await this.tokens.issue(em, 'verify_email', account);
    if (!token) return;
    const words = accountWords(account.locale).verification;
    const note = words.note(TOKEN_HOURS.verify_email);
    await this.mailer.queueMail(em, mailTo(account, { ...words, note }, this.link(VERIFY_PATH, token)));
  }

  /** Sends the link that sets a new password. @returns false when too many were sent lately: then nothing is */
  async passwordReset(em: EntityManager, account: Account): Promise<boolean> {
    return this.resetting(em, account, accountWords(account.locale).reset);
  }

  /**
   * Lets whoever reads the address choose the password of an account that was signed up again before it was confirmed.
   *
   * @returns false when too many links were sent lately: then nothing is
   */
  async signedUpAgain(em: EntityManager, account: Account): Promise<boolean> {
    return this.resetting(em, account, accountWords(account.locale).again);
  }

  /** Tells that the password was changed: by a mailed link, or by somebody who was signed in and knew it. */
  async passwordChanged(em: EntityManager, account: Account, by: 'reset' | 'change' = 'reset'): Promise<void> {
    const words = accountWords(account.locale).changed;
    const url = `${this.config.origin}/sign-in`;
    await this.mailer.queueMail(em, mailTo(account, { ...words, ...words[by] }, url));
  }

  /**
   * Tells somebody who signs up again that there is an account; the sign-up itself says nothing of it. Nothing when they were
   * told often lately.
   *
   * @throws Unavailable while Redis is away: then it is tried again
   */
  async alreadyRegistered(em: EntityManager, account: Account): Promise<void> {
    if (!(await this.limits.takeExactly(TELLING, account.id)).allowed) return;
    const words = accountWords(account.locale).known;
    const note = words.note(`${this.config.origin}/reset-password`);
    const mail = mailTo(account, { ...words, note }, `${this.config.origin}/sign-in`);
    await this.mailer.queueMail(em, { ...mail, key: `already-registered:${account.id}` });
  }

  /** The address where a token sets a new password, for whoever tells it otherwise than by mail. */
  resetAddress(token: string): string {
    return this.link(RESET_PATH, token);
  }

  private async resetting(em: EntityManager, account: Account, words: Said): Promise<boolean> {
    const token = await this.tokens.issue(em, 'reset_password', account);
    if (!token) return false;
    await this.mailer.queueMail(em, mailTo(account, words, this.link(RESET_PATH, token)));
    return true;
  }

  private link(path: string, token: string): string {
    return `${this.config.origin}${path}${token}`;
  }
}

interface Said {
  subject: string;
  preheader: string;
  text: string;
  button: string;
  note?: string;
  footer: string;
}

/** A mail to the owner of an account with one thing to do in it. */
function mailTo({ id, email, locale }: Account, said: Said, url: string): QueuedMail {
  const { subject, preheader, text, button, note, footer } = said;
  return {
    to: email,
    locale,
    subject,
    preheader,
    heading: subject,
    blocks: [
      { type: 'text', text },
      { type: 'button', label: button, url },
      ...(note === undefined ? [] : [{ type: 'text', tone: 'muted', text: note } as const]),
    ],
    footer,
    about: { type: 'user', id },
  };
}
