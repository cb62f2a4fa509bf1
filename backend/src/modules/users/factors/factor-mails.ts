import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { languageOf } from '#platform/language/index.js';
import { Mailer } from '#platform/mail/index.js';
import type { Account } from '../accounts/account.entity.js';
import type { RemovedFactors } from './factor-changes.js';
import { factorWords } from './factor-words.js';
import { RECOVERY_CODES } from './recovery-codes/recovery-codes.js';

/** What changed about the ways to sign in. */
export type FactorChange =
  | { what: 'totp_enabled' | 'totp_disabled' | 'recovery_codes_replaced' }
  | { what: 'recovery_code_used'; left: number }
  | { what: 'passkey_added' | 'passkey_removed' | 'passkey_suspended'; name: string }
  | { what: 'identity_linked' | 'identity_unlinked'; name: string };

/** Mails to a person about the ways to sign in to their account. */
@Injectable()
export class FactorMails {
  constructor(
    private readonly config: InstanceConfig,
    private readonly mailer: Mailer,
  ) {}

  /** Tells the person what changed. */
  async changed(em: EntityManager, account: Account, change: FactorChange): Promise<void> {
    const words = factorWords(account.locale);
    const { subject, text } = said(change, words);
    await this.mailer.queueMail(em, {
      to: account.email,
      locale: account.locale,
      subject,
      preheader: words.preheader,
      heading: subject,
      blocks: [
        { type: 'text', text },
        { type: 'button', label: words.button, url: `${this.config.origin}/settings/security` },
      ],
      footer: words.footer,
      about: { type: 'user', id: account.id },
    });
  }

  /** Tells the person that an operator removed their second factors, and how to go on. */
  async reset(em: EntityManager, account: Account, removed: RemovedFactors): Promise<void> {
    const words = factorWords(account.locale).reset;
    await this.mailer.queueMail(em, {
      to: account.email,
      locale: account.locale,
      subject: words.subject,
      preheader: words.preheader,
      heading: words.subject,
      blocks: [
        { type: 'text', text: words.text(listed(removed, account.locale)) },
        { type: 'text', text: words.then },
        { type: 'button', label: words.button, url: `${this.config.origin}/sign-in` },
        { type: 'text', tone: 'muted', text: words.note(`${this.config.origin}/reset-password`) },
      ],
      footer: words.footer,
      about: { type: 'user', id: account.id },
    });
  }
}

function listed({ totp, passkeys, recoveryCodes }: RemovedFactors, locale: string): string {
  const words = factorWords(locale).reset;
  const parts = [
    ...(totp ? [words.totp] : []),
    ...(passkeys > 0 ? [passkeys === 1 ? words.onePasskey : words.passkeys(passkeys)] : []),
    ...(recoveryCodes > 0 ? [words.recoveryCodes] : []),
  ];
  // In the language of the words around it, which need not be the locale's.
  return new Intl.ListFormat(languageOf(locale)).format(parts);
}

function said(change: FactorChange, words: ReturnType<typeof factorWords>): { subject: string; text: string } {
  switch (change.what) {
    case 'recovery_codes_replaced': {
      const { subject, text } = words.recovery_codes_replaced;
      return { subject, text: text(RECOVERY_CODES) };
    }
    case 'recovery_code_used': {
      const { subject, none, one, several } = words.recovery_code_used;
      return { subject, text: change.left === 0 ? none : change.left === 1 ? one : several(change.left) };
    }
    case 'totp_enabled':
    case 'totp_disabled':
      return words[change.what];
    default: {
      const { subject, text } = words[change.what];
      return { subject: subject(change.name), text: text(change.name) };
    }
  }
}
