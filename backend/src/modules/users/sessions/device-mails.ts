import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { Mailer } from '#platform/mail/index.js';
import type { Account } from '../accounts/account.entity.js';
import { personTime } from '../accounts/person-time.js';
import { deviceWords } from './device-words.js';

/** Where a person sees and ends their sessions. */
export const SESSIONS_PATH = '/settings/sessions';

/** Mails about the devices that a person signs in on. */
@Injectable()
export class DeviceMails {
  constructor(
    private readonly config: InstanceConfig,
    private readonly mailer: Mailer,
  ) {}

  /** Tells of a sign-in from a device that the person was not seen on before. */
  async newDevice(
    em: EntityManager,
    account: Account,
    { name, address, at }: { name: string; address: string | null; at: Date },
  ): Promise<void> {
    const words = deviceWords(account.locale);
    await this.mailer.queueMail(em, {
      to: account.email,
      locale: account.locale,
      subject: words.subject(name),
      preheader: words.preheader,
      heading: words.heading,
      blocks: [
        { type: 'text', text: words.text },
        {
          type: 'keyvalues',
          rows: [
            { key: words.device, value: name },
            { key: words.address, value: address ?? words.unknown },
            { key: words.time, value: personTime(at, account) },
          ],
        },
        { type: 'text', text: words.then },
        { type: 'button', label: words.button, url: `${this.config.origin}${SESSIONS_PATH}` },
        { type: 'text', tone: 'muted', text: words.note(`${this.config.origin}/reset-password`) },
      ],
      footer: words.footer,
      about: { type: 'user', id: account.id },
    });
  }
}
