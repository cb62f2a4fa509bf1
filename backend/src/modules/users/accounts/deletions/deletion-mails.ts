import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import type { EntityManager } from '#platform/database/index.js';
import { Mailer } from '#platform/mail/index.js';
import type { Account } from '../account.entity.js';
import { personTime } from '../person-time.js';

/** The mails about the end of an account. */
@Injectable()
export class DeletionMails {
  constructor(
    private readonly config: InstanceConfig,
    private readonly mailer: Mailer,
  ) {}

  /** Tells when the account will be erased, and how it can be kept. */
  async scheduled(em: EntityManager, account: Account, eraseAt: Date, workspaces: readonly string[]): Promise<void> {
    const also = workspaces.map((name) => `“${name}”`).join(', ');
    await this.mailer.queueMail(em, {
      to: account.email,
      subject: 'Your account will be erased',
      preheader: 'Signing in before then keeps it.',
      heading: 'Your account will be erased',
      blocks: [
        { type: 'text', text: 'Your Signalbox account was deleted. Everything in it is erased at this time:' },
        { type: 'keyvalues', rows: [{ key: 'Erased', value: personTime(eraseAt, account) }] },
        ...(also ? [{ type: 'text', text: `So is ${also}, which nobody else belongs to.` } as const] : []),
        {
          type: 'text',
          text: 'You are signed out everywhere, your API keys are revoked and your alerts have stopped. To keep the account, sign in before then:',
        },
        { type: 'button', label: 'Keep my account', url: `${this.config.origin}/sign-in` },
      ],
      footer: 'If it was not you, sign in and set a new password at once.',
      about: { type: 'user', id: account.id },
    });
  }

  /** Tells that the account stays, because somebody signed in. */
  async kept(em: EntityManager, account: Account): Promise<void> {
    await this.mailer.queueMail(em, {
      to: account.email,
      subject: 'Your account stays',
      preheader: 'You signed in, so it is not erased.',
      heading: 'Your account stays',
      blocks: [
        {
          type: 'text',
          text: 'Your Signalbox account was to be erased. Because it was signed in to, it is kept, and nothing is lost but the API keys, which stay revoked.',
        },
      ],
      footer: 'You get this mail because it concerns the safety of your account.',
      about: { type: 'user', id: account.id },
    });
  }
}
