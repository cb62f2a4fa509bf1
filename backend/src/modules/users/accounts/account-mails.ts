import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { RateLimits, type RatePolicy } from '#platform/http/index.js';
import { Mailer } from '#platform/mail/index.js';
import type { Account } from './account.entity.js';
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
    await this.mailer.queueMail(em, {
      to: account.email,
      subject: 'Confirm your address',
      preheader: 'One click and your Signalbox account is ready.',
      heading: 'Confirm your address',
      blocks: [
        {
          type: 'text',
          text: 'Someone, most likely you, signed up for Signalbox with this address. Confirm that it is yours:',
        },
        { type: 'button', label: 'Confirm my address', url: this.link(VERIFY_PATH, token) },
        { type: 'text', tone: 'muted', text: `The link works once, for ${TOKEN_HOURS.verify_email} hours.` },
      ],
      footer: 'If you did not sign up, ignore this mail: without the click the account stays closed.',
      about: { type: 'user', id: account.id },
    });
  }

  /** Sends the link that sets a new password. @returns false when too many were sent lately: then nothing is */
  async passwordReset(em: EntityManager, account: Account): Promise<boolean> {
    const token = await this.tokens.issue(em, 'reset_password', account);
    if (!token) return false;
    await this.mailer.queueMail(em, {
      to: account.email,
      subject: 'Set a new password',
      preheader: 'The link works for one hour.',
      heading: 'Set a new password',
      blocks: [
        {
          type: 'text',
          text: 'Someone, most likely you, asked for a new password for the Signalbox account of this address.',
        },
        { type: 'button', label: 'Set a new password', url: this.link(RESET_PATH, token) },
        {
          type: 'text',
          tone: 'muted',
          text: 'The link works once, for one hour. Setting a password signs you out everywhere.',
        },
      ],
      footer: 'If it was not you, ignore this mail: your password stays as it is.',
      about: { type: 'user', id: account.id },
    });
    return true;
  }

  /**
   * Lets whoever reads the address choose the password of an account that was signed up again before it was confirmed.
   *
   * @returns false when too many links were sent lately: then nothing is
   */
  async signedUpAgain(em: EntityManager, account: Account): Promise<boolean> {
    const token = await this.tokens.issue(em, 'reset_password', account);
    if (!token) return false;
    await this.mailer.queueMail(em, {
      to: account.email,
      subject: 'Choose your password',
      preheader: 'One step and your Signalbox account is ready.',
      heading: 'Choose your password',
      blocks: [
        {
          type: 'text',
          text: 'Someone, most likely you, signed up for Signalbox with this address again, before it was confirmed. Choose your password; that confirms the address, too:',
        },
        { type: 'button', label: 'Choose my password', url: this.link(RESET_PATH, token) },
        {
          type: 'text',
          tone: 'muted',
          text: 'The link works once, for one hour. Links and passwords of earlier sign-ups do not work any more.',
        },
      ],
      footer: 'If you did not sign up, ignore this mail: without the click the account stays closed.',
      about: { type: 'user', id: account.id },
    });
    return true;
  }

  /** Tells that the password was changed: by a mailed link, or by somebody who was signed in and knew it. */
  async passwordChanged(em: EntityManager, account: Account, by: 'reset' | 'change' = 'reset'): Promise<void> {
    const ended = by === 'reset' ? 'every session was ended' : 'every session but the one that changed it was ended';
    await this.mailer.queueMail(em, {
      to: account.email,
      subject: 'Your password was changed',
      preheader: by === 'reset' ? 'You were signed out everywhere.' : 'You were signed out everywhere else.',
      heading: 'Your password was changed',
      blocks: [
        {
          type: 'text',
          text: `The password of your Signalbox account was just changed, and ${ended}. Sign in with the new one.`,
        },
        { type: 'button', label: 'Sign in', url: `${this.config.origin}/sign-in` },
      ],
      footer: 'If it was not you, set a new password at once and tell your administrator.',
      about: { type: 'user', id: account.id },
    });
  }

  /**
   * Tells somebody who signs up again that there is an account; the sign-up itself says nothing of it. Nothing when they were
   * told often lately.
   *
   * @throws Unavailable while Redis is away: then it is tried again
   */
  async alreadyRegistered(em: EntityManager, account: Account): Promise<void> {
    if (!(await this.limits.takeExactly(TELLING, account.id)).allowed) return;
    await this.mailer.queueMail(em, {
      to: account.email,
      subject: 'You have an account already',
      preheader: 'Someone signed up with your address.',
      heading: 'You have an account already',
      blocks: [
        {
          type: 'text',
          text: 'Someone, most likely you, signed up for Signalbox with this address, which has an account. Nothing was changed.',
        },
        { type: 'button', label: 'Sign in', url: `${this.config.origin}/sign-in` },
        {
          type: 'text',
          tone: 'muted',
          text: `Forgot the password? Ask for a new one at ${this.config.origin}/reset-password`,
        },
      ],
      footer: 'If it was not you, ignore this mail.',
      about: { type: 'user', id: account.id },
      key: `already-registered:${account.id}`,
    });
  }

  /** The address where a token sets a new password, for whoever tells it otherwise than by mail. */
  resetAddress(token: string): string {
    return this.link(RESET_PATH, token);
  }

  private link(path: string, token: string): string {
    return `${this.config.origin}${path}${token}`;
  }
}
