import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { languageOf } from '#platform/language/index.js';
import { Mailer } from '#platform/mail/index.js';
import type { Account } from '../account.entity.js';
import { personTime } from '../person-time.js';
import { deletionWords } from './deletion-words.js';

/** The mails about the end of an account. */
@Injectable()
export class DeletionMails {
  constructor(
    private readonly config: InstanceConfig,
    private readonly mailer: Mailer,
  ) {}

  /** Tells when the account will be erased, and how it can be kept. */
  async scheduled(em: EntityManager, account: Account, eraseAt: Date, workspaces: readonly string[]): Promise<void> {
    const words = deletionWords(account.locale).scheduled;
    // In the language of the words around it, which need not be the locale's.
    const also = new Intl.ListFormat(languageOf(account.locale)).format(workspaces.map(words.quoted));
    await this.mailer.queueMail(em, {
      to: account.email,
      locale: account.locale,
      subject: words.subject,
      preheader: words.preheader,
      heading: words.subject,
      blocks: [
        { type: 'text', text: words.text },
        { type: 'keyvalues', rows: [{ key: words.erased, value: personTime(eraseAt, account) }] },
        ...(also ? [{ type: 'text', text: words.also(also) } as const] : []),
        { type: 'text', text: words.then },
        { type: 'button', label: words.button, url: `${this.config.origin}/sign-in` },
      ],
      footer: words.footer,
      about: { type: 'user', id: account.id },
    });
  }

  /** Tells that the account stays, because somebody signed in. */
  async kept(em: EntityManager, account: Account): Promise<void> {
    const words = deletionWords(account.locale).kept;
    await this.mailer.queueMail(em, {
      to: account.email,
      locale: account.locale,
      subject: words.subject,
      preheader: words.preheader,
      heading: words.subject,
      blocks: [{ type: 'text', text: words.text }],
      footer: words.footer,
      about: { type: 'user', id: account.id },
    });
  }
}
