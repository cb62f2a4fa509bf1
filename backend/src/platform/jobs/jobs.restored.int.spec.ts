import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { systemActor } from '#platform/access/index.js';
import { query, Transactions, type EntityManager } from '#platform/database/index.js';
import {
  backup,
  EventLog,
  EventLogModule,
  LogReader,
  ParkedEvents,
  Readers,
  restore,
  Sealer,
  type LogEvent,
  type ReadsLog,
} from '#platform/event-log/index.js';
import { testInstance, type TestInstance } from '#test/harness.js';
import { bootHttp, person, type HttpKit } from '#test/http-kit.js';
import { eventually } from '#test/jobs/jobs-process.js';
import { JobHandler, jobRestoreActs, Jobs, JobsApiModule, JobsModule, type RunningJob } from './index.js';

/** What left the instance, by the title of its event. */
let sent: string[] = [];
let healthy = false;
/** What the reader waits for at the end of a batch, while its transaction is open. */
let gate: Promise<void> | undefined;
let atGate = false;

@JobHandler<{ title: string }>('spec', 'send')
class SendJob {
  async run({ payload }: RunningJob<{ title: string }>) {
    sent.push(payload.title);
  }
}

/** Sends one thing an event. */
@LogReader({ name: 'sender', types: ['deal.expired'] })
class Sender implements ReadsLog {
  constructor(private readonly jobs: Jobs) {}

  async read(batch: LogEvent<'deal.expired'>[], em: EntityManager): Promise<void> {
    if (!healthy && batch.some(({ data }) => data.title === 'bad')) throw new Error('it is bad');
    const jobs = batch.map(({ id, data: { title } }) => ({ queue: 'spec', name: 'send', key: id, payload: { title } }));
    await this.jobs.enqueueAll(em, jobs);
    atGate = gate !== undefined;
    await gate;
  }
}

interface JobRow {
  title: string;
  state: string;
  held: boolean;
}

const operator = person({ operator: true });
const WORKSPACE = uuidv7();

/** One instance and what the spec does with it. */
class Instance {
  private constructor(
    readonly kit: HttpKit,
    private readonly readers: Readers,
  ) {}

  static async boot(instance: TestInstance, roles = ''): Promise<Instance> {
    const kit = await bootHttp({
      instance,
      imports: [EventLogModule, JobsModule, JobsApiModule],
      providers: [SendJob, Sender],
      env: { SIGNALBOX_JOBS_SWEEP_MS: '50', SIGNALBOX_LOG_POLL_MS: '50', SIGNALBOX_ROLES: roles },
    });
    return new Instance(kit, kit.app.get(Readers));
  }

  record(...titles: string[]): Promise<void> {
    return this.run(async (em) => {
      for (const title of titles)
        this.kit.app.get(EventLog).record(em, 'deal.expired', {
          workspaceId: WORKSPACE,
          subjectId: uuidv7(),
          actor: systemActor(),
          data: { title },
        });
    });
  }

  send(title: string, more: { key?: string; runAt?: Date } = {}): Promise<string> {
    return this.run((em) =>
      this.kit.app.get(Jobs).enqueue(em, { queue: 'spec', name: 'send', payload: { title }, ...more }),
    );
  }

  run<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.kit.app.get(Transactions).run(work);
  }

  sql<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
    return query<T>(this.kit.app.get(Transactions).reader(), text, values);
  }

  jobs(): Promise<JobRow[]> {
    return this.sql<JobRow>(`select payload->>'title' as title, state, held from job order by payload->>'title'`);
  }

  async held(): Promise<string[]> {
    const { body } = await this.kit.call('GET', '/api/v1/jobs?held=true&limit=100', { as: operator });
    const ids = body.items.map((job: { id: string }) => job.id);
    const rows = await this.sql<{ title: string }>(`select payload->>'title' as title from job where id = any($1)`, [
      ids,
    ]);
    return rows.map(({ title }) => title).sort();
  }

  async release(body: { queue?: string } = {}): Promise<number> {
    return (await this.kit.call('POST', '/api/v1/jobs/release', { as: operator, body })).body.count;
  }

  /** Waits until the reader has read all that was recorded. */
  async caughtUp(): Promise<void> {
    const behind = `select 1 from outbox union all
      select 1 from log_state s where not exists (select 1 from reader_cursor c where c.position = s.position)`;
    await eventually(async () => (await this.sql(behind)).length === 0);
  }

  startReaders = () => this.readers.start();
  stopReaders = () => this.readers.stop();
  stopSealer = () => this.kit.app.get(Sealer).stop();
  startSealer = () => this.kit.app.get(Sealer).start();
  close = () => this.kit.close();
}

const UNREAD = ['unread 1', 'unread 2', 'unread 3'];
const UNSEALED = ['unsealed 1', 'unsealed 2'];
const PENDING = ['later', 'running'];
let folder: string;
let saved: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-restored-'));
  saved = join(folder, 'backup');
  const instance = await testInstance();
  const origin = await Instance.boot(instance);
  await origin.record('read 1', 'read 2', 'bad');
  await eventually(() => sent.length === 2);
  await origin.caughtUp();
  await origin.stopReaders();
  await origin.record(...UNREAD);
  await eventually(async () => (await origin.sql('select 1 from outbox')).length === 0);
  await origin.stopSealer();
  await origin.record(...UNSEALED);
  await origin.send('later', { key: 'later', runAt: new Date(Date.now() + 3_600_000) });
  await origin.send('running', { runAt: new Date(Date.now() + 3_600_000) });
  await origin.sql(
    `update job set state = 'running', lease_until = now() + interval '1 hour', attempt = 1 where payload->>'title' = 'running'`,
  );
  // The instance goes on behind the backup's back: everything is sent after the snapshot was taken.
  await backup({ databaseUrl: instance.env.DATABASE_URL }, saved);
  origin.startSealer();
  await origin.startReaders();
  await eventually(() => sent.length === 2 + UNREAD.length + UNSEALED.length);
  await origin.close();
  cpSync(join(instance.env.SIGNALBOX_DATA_DIR, 'keys'), join(folder, 'keys'), { recursive: true });
  await instance.dispose();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let target: TestInstance;
let instance: Instance;

beforeEach(async () => {
  target = await testInstance();
  await restore(
    saved,
    { databaseUrl: target.env.DATABASE_URL, files: join(target.env.SIGNALBOX_DATA_DIR, 'files') },
    jobRestoreActs,
  );
  cpSync(join(folder, 'keys'), join(target.env.SIGNALBOX_DATA_DIR, 'keys'), { recursive: true });
  sent = [];
  healthy = false;
});
afterEach(async () => {
  await instance.close();
  await target.dispose();
});

describe('after the restore of a backup that was taken while the instance ran', () => {
  it('repeats nothing by itself, and sends what is new', async () => {
    instance = await Instance.boot(target);
    await instance.record('new');
    await eventually(() => sent.length > 0);
    await instance.caughtUp();
    expect(await instance.held()).toEqual([...PENDING, ...UNREAD, ...UNSEALED].sort());
    expect(sent).toEqual(['new']);
    expect((await instance.jobs()).filter((job) => job.held && job.state !== 'queued')).toEqual([]);
  });

  it('sends what was held once an operator releases it, the job included that ran when the backup was made', async () => {
    instance = await Instance.boot(target);
    await instance.caughtUp();
    await instance.sql(`update job set next_attempt_at = now() where held`);
    expect(await instance.release({ queue: 'other' })).toBe(0);
    expect(await instance.release({ queue: 'spec' })).toBe(7);
    await eventually(() => sent.length >= 7);
    expect([...sent].sort()).toEqual([...PENDING, ...UNREAD, ...UNSEALED].sort());
    expect(await instance.held()).toEqual([]);
    expect(
      await instance.sql(
        `select data from (select type, data from outbox union all select type, data from event) e where type = 'jobs.released'`,
      ),
    ).toEqual([{ data: { queue: 'other', count: 0 } }, { data: { queue: 'spec', count: 7 } }]);
  });

  it('holds nothing more once everything was released, also of events that nobody had read by then', async () => {
    instance = await Instance.boot(target);
    await instance.stopReaders();
    await instance.sql(`delete from job where held and payload->>'title' <> 'later'`);
    await instance.sql(`update reader_cursor set position = 3`);
    expect(await instance.release()).toBe(1);
    await instance.startReaders();
    await eventually(() => sent.length >= 5);
    expect([...sent].sort()).toEqual([...UNREAD, ...UNSEALED].sort());
    expect(await instance.held()).toEqual([]);
  });

  it('releases what a reader is just about to hold', async () => {
    instance = await Instance.boot(target);
    await instance.caughtUp();
    await instance.stopReaders();
    await instance.sql(`delete from job where held`);
    await instance.sql(`update reader_cursor set position = 3`);
    let open = () => {};
    gate = new Promise((resolve) => (open = resolve));
    await instance.startReaders();
    await eventually(() => atGate);
    const released = instance.release();
    const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'update log_restore%'`;
    await eventually(async () => (await instance.sql(waiting)).length > 0);
    gate = undefined;
    open();
    expect(await released).toBe(UNREAD.length + UNSEALED.length);
    await eventually(() => sent.length >= UNREAD.length + UNSEALED.length);
    expect(await instance.held()).toEqual([]);
  });

  it('holds what a parked event of the backup causes when it is read again', async () => {
    instance = await Instance.boot(target);
    healthy = true;
    expect(await instance.kit.app.get(ParkedEvents).retry('sender', 3)).toBe(1);
    await instance.record('new');
    await eventually(() => sent.length > 0);
    expect(sent).toEqual(['new']);
    expect(await instance.held()).toContain('bad');
  });

  it('runs a held job that is asked for anew', async () => {
    instance = await Instance.boot(target);
    await instance.sql(`update job set next_attempt_at = now() where key = 'later'`);
    const id = await instance.send('later', { key: 'later' });
    await eventually(() => sent.length > 0);
    expect(sent).toEqual(['later']);
    expect(await instance.sql('select key from job where id = $1', [id])).toEqual([{ key: 'later' }]);
  });
});
