import { LockMode } from '@mikro-orm/core';
import { JobHandler, type JobOutcome, type RunningJob } from '#platform/jobs/index.js';
import { Account } from '../account.entity.js';
import { EmailChange } from './email-change.entity.js';
import { EmailChangeMails } from './email-change-mails.js';

/** Sends the link to the new address; when that has an account, its owner hears of it instead. */
@JobHandler<{ changeId: string }>('users', 'email_change')
export class EmailChangeJob {
  constructor(private readonly mails: EmailChangeMails) {}

  async run({ payload: { changeId } }: RunningJob<{ changeId: string }>): Promise<JobOutcome> {
    return {
      apply: async (em) => {
        const change = await em.findOne(EmailChange, changeId, { lockMode: LockMode.PESSIMISTIC_WRITE });
        if (!change?.open()) return;
        const owner = await em.findOne(Account, { emailKey: change.toEmailKey });
        if (owner?.maySignIn) await this.mails.claimed(em, owner);
        else await this.mails.confirm(em, change);
      },
    };
  }
}
