import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { Mailer } from '#platform/mail/index.js';
import type { Account } from '../accounts/account.entity.js';
import type { RemovedFactors } from './factor-changes.js';
import { RECOVERY_CODES } from './recovery-codes/recovery-codes.js';

/** What changed about the ways to sign in. */
export type FactorChange =
  | { what: 'totp_enabled' | 'totp_disabled' | 'recovery_codes_replaced' }
  | { what: 'recovery_code_used'; left: number }
  | { what: 'passkey_added' | 'passkey_removed' | 'passkey_suspended'; name: string }
  | { what: 'identity_linked' | 'identity_unlinked'; name: string };

const NOT_YOU = 'If it was not you, set a new password at once, look at your sessions, and tell your administrator.';
const RESET = 'Your second factors were removed';

/** Mails to a person about the ways to sign in to their account. */
@Injectable()
export class FactorMails {
  constructor(
    private readonly config: InstanceConfig,
    private readonly mailer: Mailer,
  ) {}

  /** Tells the person what changed. */
  async changed(em: EntityManager, account: Account, change: FactorChange): Promise<void> {
    const { subject, text } = words(change);
    await this.mailer.queueMail(em, {
      to: account.email,
      subject,
      preheader: 'A way to sign in to your account changed.',
      heading: subject,
      blocks: [
        { type: 'text', text },
        { type: 'button', label: 'Look at your account', url: `${this.config.origin}/settings/security` },
      ],
      footer: NOT_YOU,
      about: { type: 'user', id: account.id },
    });
  }

  /** Tells the person that an operator removed their second factors, and how to go on. */
  async reset(em: EntityManager, account: Account, removed: RemovedFactors): Promise<void> {
    const text =
      'An operator of Signalbox removed the second factors of your account, as is done for people who lost them: ' +
      `${listed(removed)}. You were signed out everywhere. Your password stays as it is, and signs in alone for now.`;
    await this.mailer.queueMail(em, {
      to: account.email,
      subject: RESET,
      preheader: 'Sign in with your password, and set up a new one.',
      heading: RESET,
      blocks: [
        { type: 'text', text },
        {
          type: 'text',
          text: 'Sign in and set up a new second factor. Until then, workspaces that ask for one stay closed to you.',
        },
        { type: 'button', label: 'Sign in', url: `${this.config.origin}/sign-in` },
        {
          type: 'text',
          tone: 'muted',
          text: `Have no password, or forgot it? Set one at ${this.config.origin}/reset-password`,
        },
      ],
      footer:
        'If you did not ask for this, set a new password at once and tell your administrator: somebody may have pretended to be you.',
      about: { type: 'user', id: account.id },
    });
  }
}

function listed({ totp, passkeys, recoveryCodes }: RemovedFactors): string {
  const parts = [
    ...(totp ? ['the authenticator app'] : []),
    ...(passkeys > 0 ? [passkeys === 1 ? 'the passkey' : `${passkeys} passkeys`] : []),
    ...(recoveryCodes > 0 ? ['the recovery codes'] : []),
  ];
  return new Intl.ListFormat('en').format(parts);
}

function words(change: FactorChange): { subject: string; text: string } {
  switch (change.what) {
    case 'totp_enabled':
      return {
        subject: 'Your authenticator app is set up',
        text: 'Signing in to your Signalbox account now asks for a code of your authenticator app, beside the password.',
      };
    case 'totp_disabled':
      return {
        subject: 'Your authenticator app was turned off',
        text: 'Signing in to your Signalbox account no longer asks for a code of an authenticator app.',
      };
    case 'recovery_codes_replaced':
      return {
        subject: 'You have new recovery codes',
        text: `Your Signalbox account has ${RECOVERY_CODES} new recovery codes. Earlier ones do not work any more.`,
      };
    case 'recovery_code_used':
      return {
        subject: 'A recovery code was used',
        text: `A recovery code of your Signalbox account was used. ${left(change.left)}`,
      };
    case 'passkey_added':
      return {
        subject: 'A passkey was added',
        text: `The passkey "${change.name}" was added to your Signalbox account. It can sign in without the password.`,
      };
    case 'passkey_removed':
      return {
        subject: 'A passkey was removed',
        text: `The passkey "${change.name}" of your Signalbox account was removed and does not sign in any more.`,
      };
    case 'passkey_suspended':
      return {
        subject: 'A passkey was suspended',
        text:
          `The passkey "${change.name}" of your Signalbox account reported fewer uses than before: a copy of it may exist. ` +
          'It was refused and does not sign in any more. Remove it and add a new one.',
      };
    case 'identity_linked':
      return {
        subject: `${change.name} can sign you in`,
        text: `An account at ${change.name} was linked with your Signalbox account and can sign in to it.`,
      };
    case 'identity_unlinked':
      return {
        subject: `${change.name} was unlinked`,
        text: `An account at ${change.name} was unlinked from your Signalbox account and does not sign in any more.`,
      };
  }
}

function left(codes: number): string {
  if (codes === 0) return 'It was the last one: make new ones now.';
  return codes === 1 ? 'One is left.' : `${codes} are left.`;
}
