import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { Mailer } from '#platform/mail/index.js';
import type { Account } from '../accounts/account.entity.js';
import { personTime } from '../accounts/person-time.js';

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
    await this.mailer.queueMail(em, {
      to: account.email,
      subject: `New sign-in: ${name}`,
      preheader: 'Your account was signed in to from a device that we did not know.',
      heading: 'A new device signed in',
      blocks: [
        {
          type: 'text',
          text: 'Your Signalbox account was signed in to from a device that we have not seen you on before.',
        },
        {
          type: 'keyvalues',
          rows: [
            { key: 'Device', value: name },
            { key: 'Address', value: address ?? 'unknown' },
            { key: 'Time', value: personTime(at, account) },
          ],
        },
        {
          type: 'text',
          text: 'If it was you, there is nothing to do. If not, end that session and set a new password:',
        },
        { type: 'button', label: 'Look at my sessions', url: `${this.config.origin}${SESSIONS_PATH}` },
        { type: 'text', tone: 'muted', text: `Set a new password: ${this.config.origin}/reset-password` },
      ],
      footer: 'You get this mail because it concerns the safety of your account.',
      about: { type: 'user', id: account.id },
    });
  }
}
