import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { Mailer } from '#platform/mail/index.js';
import type { Account } from '../accounts/account.entity.js';
import { OneTimeTokens, TOKEN_HOURS } from '../accounts/one-time-tokens.js';
import type { GuessKind } from './guess.js';

const UNLOCK_PATH = '/unlock-sign-in#token=';

const HAPPENED: Record<GuessKind, string> = {
  password:
    'Somebody typed wrong passwords for your Signalbox account again and again. Further attempts must wait now.',
  second_factor:
    'Somebody who knows the password of your Signalbox account typed wrong codes for the second step again and again. ' +
    'Further attempts must wait now.',
  confirmation:
    'In one of your sessions of Signalbox somebody typed wrong passwords again and again to confirm something. Further ' +
    'attempts must wait now.',
};

const ADVICE: Record<GuessKind, string> = {
  password: 'If it was not you: they did not get in, and your password stays as it is.',
  second_factor: 'If it was not you, set a new password at once: somebody knows the present one.',
  confirmation: 'If it was not you, end your other sessions and set a new password: somebody uses one of them.',
};

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
    await this.mailer.queueMail(em, {
      to: account.email,
      subject: 'Wrong attempts to sign in to your account',
      preheader: 'Further attempts must wait.',
      heading: 'Wrong attempts to sign in',
      blocks: [
        { type: 'text', text: HAPPENED[guessed] },
        ...(token ? this.unlocking(token) : []),
        { type: 'text', text: ADVICE[guessed] },
        { type: 'text', tone: 'muted', text: `Set a new password: ${this.config.origin}/reset-password` },
      ],
      footer: 'You get this mail because it concerns the safety of your account.',
      about: { type: 'user', id: account.id },
    });
  }

  /** Sends the link that was asked for; nothing when too many were sent lately. */
  async unlock(em: EntityManager, account: Account): Promise<void> {
    const token = await this.tokens.issue(em, 'unlock_sign_in', account);
    if (!token) return;
    await this.mailer.queueMail(em, {
      to: account.email,
      subject: 'Sign in again at once',
      preheader: 'The link works once.',
      heading: 'Sign in again at once',
      blocks: [
        {
          type: 'text',
          text: 'Someone, most likely you, could not sign in to Signalbox because of wrong attempts at this account.',
        },
        ...this.unlocking(token),
      ],
      footer: 'If it was not you, ignore this mail: nothing changes.',
      about: { type: 'user', id: account.id },
    });
  }

  private unlocking(token: string) {
    return [
      { type: 'button', label: 'Let me sign in', url: `${this.config.origin}${UNLOCK_PATH}${token}` },
      {
        type: 'text',
        tone: 'muted',
        text:
          `The link works once, for ${TOKEN_HOURS.unlock_sign_in} hours. The browser that you open it in is known from then ` +
          'on: attempts of others do not hold it up.',
      },
    ] as const;
  }
}
