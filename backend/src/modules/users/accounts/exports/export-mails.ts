import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { Mailer } from '#platform/mail/index.js';
import type { Account } from '../account.entity.js';
import { personTime } from '../person-time.js';
import { exportWords } from './export-words.js';

const EXPORTS_PATH = '/settings/exports';

/** The mails about the export of a person's own data. They hold no data and no key to it. */
@Injectable()
export class ExportMails {
  constructor(
    private readonly config: InstanceConfig,
    private readonly mailer: Mailer,
  ) {}

  /** Tells that it can be downloaded, and until when. */
  async ready(em: EntityManager, account: Account, expiresAt: Date): Promise<void> {
    const words = exportWords(account.locale).ready;
    await this.mailer.queueMail(em, {
      to: account.email,
      locale: account.locale,
      subject: words.subject,
      preheader: words.preheader,
      heading: words.subject,
      blocks: [
        { type: 'text', text: words.text },
        { type: 'keyvalues', rows: [{ key: words.until, value: personTime(expiresAt, account) }] },
        { type: 'button', label: words.button, url: `${this.config.origin}${EXPORTS_PATH}` },
        { type: 'text', tone: 'muted', text: words.note },
      ],
      footer: words.footer,
      about: { type: 'user', id: account.id },
    });
  }

  /** Tells that it could not be made. */
  async failed(em: EntityManager, account: Account): Promise<void> {
    const words = exportWords(account.locale).failed;
    await this.mailer.queueMail(em, {
      to: account.email,
      locale: account.locale,
      subject: words.subject,
      preheader: words.preheader,
      heading: words.subject,
      blocks: [
        { type: 'text', text: words.text },
        { type: 'button', label: words.button, url: `${this.config.origin}${EXPORTS_PATH}` },
      ],
      footer: words.footer,
      about: { type: 'user', id: account.id },
    });
  }
}
