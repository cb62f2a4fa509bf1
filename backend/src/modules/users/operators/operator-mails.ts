import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { Mailer } from '#platform/mail/index.js';
import type { Account } from '../accounts/account.entity.js';
import { personTime } from '../accounts/person-time.js';

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
    await this.tell(em, person, change, at, personal(change));
    for (const operator of others) await this.tell(em, operator, change, at, general(change));
  }

  private async tell(
    em: EntityManager,
    to: Account,
    { person, by }: OperatorChange,
    at: Date,
    { subject, text, footer }: Words,
  ): Promise<void> {
    await this.mailer.queueMail(em, {
      to: to.email,
      subject,
      preheader: text,
      heading: subject,
      blocks: [
        { type: 'text', text },
        {
          type: 'keyvalues',
          rows: [
            { key: 'Person', value: `${person.name} (${person.email})` },
            { key: 'By', value: `${by.name} (${by.email})` },
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

interface Words {
  subject: string;
  text: string;
  footer: string;
}

function personal({ what }: OperatorChange): Words {
  if (what === 'removed')
    return {
      subject: 'You are no operator any more',
      text: 'You do not run this Signalbox instance any more. Your account and your workspaces stay as they are.',
      footer: 'If this should not be so, ask another operator.',
    };
  return {
    subject: 'You are an operator now',
    text: 'You run this Signalbox instance now. It gives you no access to the contents of workspaces.',
    footer: 'Protect your account with a second factor. If you do not know why you got this, tell your administrator.',
  };
}

function general({ what, person: { name } }: OperatorChange): Words {
  if (what === 'removed')
    return {
      subject: `${name} is no operator any more`,
      text: `${name} does not run this Signalbox instance any more.`,
      footer: 'If this should not be so, sign in, look at the audit trail, and make them an operator again.',
    };
  return {
    subject: `${name} is an operator now`,
    text: `${name} runs this Signalbox instance now, as you do.`,
    footer: 'If this should not be so, sign in at once, take it back, and look at the audit trail.',
  };
}
