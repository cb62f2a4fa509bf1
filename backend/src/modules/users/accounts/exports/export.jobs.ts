import { systemActor } from '#platform/access/index.js';
import { InstanceConfig } from '#platform/config/index.js';
import { affected, type EntityManager, query, Transactions } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Enqueues, JobHandler, type JobOutcome, type JobRunner, Jobs, type RunningJob } from '#platform/jobs/index.js';
import { type DataFile, PersonalData } from '#platform/personal-data/index.js';
import { Storage } from '#platform/storage/index.js';
import { Account } from '../account.entity.js';
import { AccountsConfig } from '../accounts.config.js';
import { archiveOf } from './archive.js';
import { ExportFiles } from './export-files.js';
import { ExportMails } from './export-mails.js';

interface OfExport {
  [name: string]: string;
  exportId: string;
  userId: string;
}

const DAY_MS = 86_400_000;
const PENDING = `
  select u.email from personal_export x join user_account u on u.id = x.user_id where x.id = $1 and x.state = 'pending'`;
const READY = `
  update personal_export set state = 'ready', storage_key = $2, size = $3, finished_at = now(), expires_at = $4
   where id = $1 and state = 'pending'`;
const FAILED = `update personal_export set state = 'failed', finished_at = now() where id = $1 and state = 'pending'`;
const EXPIRED = `update personal_export set state = 'expired', storage_key = null where id = $1 and state = 'ready'`;

const told = ({ exportId, userId }: OfExport) => ({
  workspaceId: SYSTEM_WORKSPACE,
  scope: { kind: 'user', id: userId } as const,
  subjectId: exportId,
  actor: systemActor(),
  data: { userId },
});

/** Makes the export of a person's own data. One that was removed meanwhile, or whose person is gone, leaves no file. */
@Enqueues('users.expire_personal_export')
@JobHandler<OfExport>('users', 'export_personal_data', { retry: { attempts: 6 }, concurrency: 1 })
export class ExportPersonalDataJob implements JobRunner<OfExport> {
  constructor(
    private readonly config: AccountsConfig,
    private readonly instance: InstanceConfig,
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly jobs: Jobs,
    private readonly data: PersonalData,
    private readonly storage: Storage,
    private readonly files: ExportFiles,
    private readonly mails: ExportMails,
  ) {}

  async run({ payload, attempt, signal }: RunningJob<OfExport>): Promise<JobOutcome> {
    const { exportId: id, userId } = payload;
    // What earlier attempts left behind when they were killed.
    await this.files.clear({ userId, id });
    const [pending] = await query<{ email: string }>(this.transactions.reader(), PENDING, [id]);
    if (!pending) return {};
    const files = this.data
      .holders()
      .flatMap((holder) => holder.files?.({ id: userId, addresses: [pending.email] }) ?? []);
    const key = this.files.key({ userId, id }, attempt);
    const archive = archiveOf(files, readme(files, this.instance.origin), signal);
    const size = await this.storage.write(key, archive, { contentType: 'application/zip' });
    return { result: { size }, apply: (em) => this.finish(em, payload, key, size) };
  }

  async parked({ payload }: Pick<RunningJob<OfExport>, 'payload'>, _error: Error, em: EntityManager): Promise<void> {
    if ((await affected(em, FAILED, [payload.exportId])) === 0) return;
    this.events.record(em, 'personal_export.failed', told(payload));
    const account = await em.findOne(Account, payload.userId);
    if (account) await this.mails.failed(em, account);
  }

  private async finish(em: EntityManager, payload: OfExport, key: string, size: number): Promise<void> {
    const { exportId: id, userId } = payload;
    const expiresAt = new Date(Date.now() + this.config.exportDays * DAY_MS);
    if ((await affected(em, READY, [id, key, size, expiresAt])) === 0) return this.files.clear({ userId, id });
    this.events.record(em, 'personal_export.finished', told(payload));
    await this.jobs.enqueue(em, { queue: 'users', name: 'expire_personal_export', key: id, payload, runAt: expiresAt });
    await this.mails.ready(em, await em.findOneOrFail(Account, userId), expiresAt);
  }
}

/** Removes an export whose time is over. */
@JobHandler<OfExport>('users', 'expire_personal_export', { concurrency: 1 })
export class ExpirePersonalExportJob {
  constructor(
    private readonly events: EventLog,
    private readonly files: ExportFiles,
  ) {}

  async run({ payload }: RunningJob<OfExport>): Promise<JobOutcome> {
    await this.files.clear({ userId: payload.userId, id: payload.exportId });
    return {
      apply: async (em) => {
        if ((await affected(em, EXPIRED, [payload.exportId])) > 0)
          this.events.record(em, 'personal_export.expired', told(payload));
      },
    };
  }
}

function readme(files: readonly DataFile[], origin: string): string {
  const lines = files.map(({ path, about }) => `${path}.json\n    ${about}`);
  return [
    `What ${origin} holds of you, as of ${new Date().toISOString()}.`,
    'Each file is a JSON array. Times are UTC. Passwords, keys and other secrets are kept as digests only and are not in here.',
    ...lines,
    '',
  ].join('\n\n');
}
