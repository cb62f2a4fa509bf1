import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { Mailer } from '#platform/mail/index.js';
import type { Account } from '../accounts/account.entity.js';
import { personTime } from '../accounts/person-time.js';
import { operatorWords } from './operator-words.js';

/** Who became an operator or ceased to be one, by whom, and whom it is told to beside that person. */
export interface OperatorChange {
  what: 'added' | 'removed';
  person: Account;
  by: Account;
  others: readonly Account[];
}

/** The mails about who runs the instance. */
@Injectable()
export class OperatorMails {
  constructor(
    private readonly config: InstanceConfig,
    private readonly mailer: Mailer,
  ) {}

  /** Tells the person concerned and the operators, who did it included: it may not have been them. */
  async changed(em: EntityManager, change: OperatorChange, at = new Date()): Promise<void> {
    const { person, others } = change;
    await this.tell(em, person, change, at, 'own');
    for (const operator of others) await this.tell(em, operator, change, at, 'others');
  }

  private async tell(
    em: EntityManager,
    to: Account,
    { what, person, by }: OperatorChange,
    at: Date,
    side: 'own' | 'others',
  ): Promise<void> {
    const words = operatorWords(to.locale);
    const said = words[side][what];
    const [subject, text] = [said.subject(person.name), said.text(person.name)];
    await this.mailer.queueMail(em, {
      to: to.email,
      locale: to.locale,
      subject,
      preheader: text,
      heading: subject,
      blocks: [
        { type: 'text', text },
        {
          type: 'keyvalues',
          rows: [
            { key: words.person, value: words.called(person.name, person.email) },
            { key: words.by, value: words.called(by.name, by.email) },
            { key: words.time, value: personTime(at, to) },
          ],
        },
        { type: 'button', label: words.button, url: `${this.config.origin}/sign-in` },
      ],
      footer: said.footer,
      about: { type: 'user', id: to.id },
    });
  }
}
