import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { JobHandler, type JobOutcome, type RunningJob } from '#platform/jobs/index.js';
import { personAs } from '../sessions/actors.js';
import { Account } from './account.entity.js';
import { AccountMails } from './account-mails.js';

type Asked = { emailKey: string; address?: string; requestId?: string };

/** Sends the link of a password reset when the address has an account. */
@JobHandler<Asked>('users', 'password_reset', { sealPayload: true })
export class PasswordResetJob {
  constructor(
    private readonly mails: AccountMails,
    private readonly events: EventLog,
  ) {}

  async run({ payload: { emailKey, ...visitor } }: RunningJob<Asked>): Promise<JobOutcome> {
    return {
      apply: async (em) => {
        const account = await em.findOne(Account, { emailKey });
        if (!account) return;
        const mailed = await this.mails.passwordReset(em, account);
        this.events.record(em, 'user.password_reset_requested', {
          workspaceId: SYSTEM_WORKSPACE,
          scope: { kind: 'user', id: account.id },
          subjectId: account.id,
          actor: personAs(account.id, visitor),
          data: { mailed },
        });
      },
    };
  }
}

/** Sends another confirmation link when the address has an account that still needs it. */
@JobHandler<Asked>('users', 'email_verification', { sealPayload: true })
export class EmailVerificationJob {
  constructor(private readonly mails: AccountMails) {}

  async run({ payload: { emailKey } }: RunningJob<Asked>): Promise<JobOutcome> {
    return {
      apply: async (em) => {
        const account = await em.findOne(Account, { emailKey });
        if (account && !account.emailVerifiedAt) await this.mails.verification(em, account);
      },
    };
  }
}
