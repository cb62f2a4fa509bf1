import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { Mailer } from '#platform/mail/index.js';
import type { Account } from '../accounts/account.entity.js';
import { personTime } from '../accounts/person-time.js';
import { operatorWords } from './operator-words.js';

/** The mails about an operator who was let in again on the machine. They hold no link: it was shown there. */
@Injectable()
export class OperatorRecoveryMails {
  constructor(
    private readonly config: InstanceConfig,
    private readonly mailer: Mailer,
  ) {}

  /** Tells the person concerned and all other operators. */
  async recovered(em: EntityManager, person: Account, others: readonly Account[], at = new Date()): Promise<void> {
    const { own } = operatorWords(person.locale).recovered;
    await this.tell(em, person, person, at, own.subject, own.footer);
    for (const other of others) {
      const { subject, footer } = operatorWords(other.locale).recovered.others;
      await this.tell(em, other, person, at, subject(person.name), footer);
    }
  }

  private async tell(
    em: EntityManager,
    to: Account,
    { name, email }: Account,
    at: Date,
    subject: string,
    footer: string,
  ): Promise<void> {
    const words = operatorWords(to.locale);
    await this.mailer.queueMail(em, {
      to: to.email,
      locale: to.locale,
      subject,
      preheader: words.recovered.preheader,
      heading: subject,
      blocks: [
        { type: 'text', text: words.recovered.text },
        {
          type: 'keyvalues',
          rows: [
            { key: words.recovered.operator, value: words.called(name, email) },
            { key: words.time, value: personTime(at, to) },
          ],
        },
        { type: 'button', label: words.button, url: `${this.config.origin}/sign-in` },
      ],
      footer,
      about: { type: 'user', id: to.id },
    });
  }
}
