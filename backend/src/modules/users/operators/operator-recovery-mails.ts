import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { Mailer } from '#platform/mail/index.js';
import type { Account } from '../accounts/account.entity.js';
import { personTime } from '../accounts/person-time.js';

const WHAT =
  'Whoever runs the machine of this Signalbox instance used its command for operators who lost every way in: ' +
  'second factors were removed, all sessions were ended, and a link that sets a new password was shown on the machine.';

/** The mails about an operator who was let in again on the machine. They hold no link: it was shown there. */
@Injectable()
export class OperatorRecoveryMails {
  constructor(
    private readonly config: InstanceConfig,
    private readonly mailer: Mailer,
  ) {}

  /** Tells the person concerned and all other operators. */
  async recovered(em: EntityManager, person: Account, others: readonly Account[], at = new Date()): Promise<void> {
    const own =
      'If you do not know of this, somebody else holds the machine: look at it, and at the audit trail, at once.';
    await this.tell(em, person, person, at, 'You were let in again', own);
    const footer = 'If this should not be so, sign in, look at the audit trail, and ask who uses the machine.';
    for (const other of others) await this.tell(em, other, person, at, `${person.name} was let in again`, footer);
  }

  private async tell(
    em: EntityManager,
    to: Account,
    { name, email }: Account,
    at: Date,
    subject: string,
    footer: string,
  ): Promise<void> {
    await this.mailer.queueMail(em, {
      to: to.email,
      subject,
      preheader: 'Second factors were removed on the machine of the instance.',
      heading: subject,
      blocks: [
        { type: 'text', text: WHAT },
        {
          type: 'keyvalues',
          rows: [
            { key: 'Operator', value: `${name} (${email})` },
            { key: 'Time', value: personTime(at, to) },
          ],
        },
        { type: 'button', label: 'Sign in', url: `${this.config.origin}/sign-in` },
      ],
      footer,
      about: { type: 'user', id: to.id },
    });
  }
}
