import { InstanceConfig } from '#platform/config/index.js';
import { type EntityManager, query } from '#platform/database/index.js';
import { JobHandler, type JobOutcome, type JsonObject, type RunningJob } from '#platform/jobs/index.js';
import { Mailer } from '#platform/mail/index.js';
import { policyWords } from './policy-words.js';

/** A workspace that began to ask for a second factor. */
export interface PolicyBegun extends JsonObject {
  workspaceId: string;
  name: string;
}

// Asked when the job runs: who set a factor up meanwhile, or left, need not hear of it.
const CONCERNED = `
  select p.id, p.email, p.locale from membership m
  join workspace w on w.id = m.workspace_id and w.second_factor_required
  join user_account p on p.id = m.user_id
  where m.workspace_id = $1 and not exists (select from second_factor_held h where h.user_id = m.user_id)
  order by p.id`;

/** Tells the members who have no second factor that they need one now. */
@JobHandler<PolicyBegun>('users', 'second_factor_policy')
export class PolicyNoticeJob {
  constructor(
    private readonly config: InstanceConfig,
    private readonly mailer: Mailer,
  ) {}

  async run({ payload }: RunningJob<PolicyBegun>): Promise<JobOutcome> {
    return { apply: (em) => this.tell(em, payload) };
  }

  private async tell(em: EntityManager, { workspaceId, name }: PolicyBegun): Promise<void> {
    const people = await query<{ id: string; email: string; locale: string }>(em, CONCERNED, [workspaceId]);
    for (const { id, email, locale } of people) {
      const words = policyWords(locale);
      await this.mailer.queueMail(em, {
        to: email,
        locale,
        subject: words.subject(name),
        preheader: words.preheader,
        heading: words.heading,
        blocks: [
          { type: 'text', text: words.text(name) },
          { type: 'button', label: words.button, url: `${this.config.origin}/settings/security` },
        ],
        footer: words.footer,
        about: { type: 'user', id },
        workspaceId,
      });
    }
  }
}
