import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { Mailer } from '#platform/mail/index.js';
import type { Account } from '../account.entity.js';
import { personTime } from '../person-time.js';

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
    await this.mailer.queueMail(em, {
      to: account.email,
      subject: 'Your data is ready',
      preheader: 'The export that you asked for can be downloaded.',
      heading: 'Your data is ready',
      blocks: [
        {
          type: 'text',
          text: 'The export of your Signalbox data that you asked for can be downloaded until this time:',
        },
        { type: 'keyvalues', rows: [{ key: 'Until', value: personTime(expiresAt, account) }] },
        { type: 'button', label: 'Download my data', url: `${this.config.origin}${EXPORTS_PATH}` },
        { type: 'text', tone: 'muted', text: 'Only you can download it, signed in.' },
      ],
      footer: 'If it was not you who asked, set a new password at once: somebody else is in your account.',
      about: { type: 'user', id: account.id },
    });
  }

  /** Tells that it could not be made. */
  async failed(em: EntityManager, account: Account): Promise<void> {
    await this.mailer.queueMail(em, {
      to: account.email,
      subject: 'Your data could not be exported',
      preheader: 'You can ask for another export.',
      heading: 'Your data could not be exported',
      blocks: [
        {
          type: 'text',
          text: 'The export of your Signalbox data could not be made. The people who run the instance see why; you can ask for another one.',
        },
        { type: 'button', label: 'Ask again', url: `${this.config.origin}${EXPORTS_PATH}` },
      ],
      about: { type: 'user', id: account.id },
    });
  }
}
