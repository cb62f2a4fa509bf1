import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { logDatabase, logProcess, rows, until } from '#test/event-log.js';
import { redisUrl } from '#test/harness.js';
import { ensureBuild } from '../../../../../scripts/lib/build.mjs';
import { backup } from './backup.js';
import { filesUnder } from './folder.js';
import { UNFINISHED } from './unfinished.js';

jest.setTimeout(600_000);

const ROOT = resolve(import.meta.dirname, '../../../../..');
const EVENTS = 30;
const FILES = { 'ab/one': 'first', 'ab/cd/two': 'second', three: 'x'.repeat(300_000) };

let folder: string;
let saved: string;

beforeAll(async () => {
  await ensureBuild();
  folder = mkdtempSync(join(tmpdir(), 'signalbox-kills-'));
  const files = join(folder, 'origin');
  mkdirSync(join(files, 'ab/cd'), { recursive: true });
  for (const [path, text] of Object.entries(FILES)) writeFileSync(join(files, path), text);
  const origin = await logDatabase();
  // Tables of the spec's own imaginary room: what the command migrates does not have them.
  await origin.client.query('drop table thing, effect');
  const process = await logProcess(origin.url);
  for (let i = 0; i < EVENTS; i++) await process.record();
  await until(async () => (await rows(origin.client, 'select 1 from outbox')).length === 0);
  await process.close();
  saved = join(folder, 'backup');
  await backup({ databaseUrl: origin.url, files }, saved);
  await origin.drop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Where a restore is killed: before the first step that begins like one, behind the first that begins like the other. */
interface Kill {
  after?: string;
  before: string;
}

const FULL = process.env['SIGNALBOX_TEST_FULL'] === '1';

/** One that leaves the target untouched, one that leaves it unfinished, and one that leaves it complete. */
const SOME: Kill[] = [{ before: 'copy' }, { after: 'commit', before: 'rename' }, { before: 'analyze' }];

/** Filling tables, telling what was restored, and each step that changes something from the commit on. */
const MORE: Kill[] = [
  { before: 'insert into log_restore' },
  { before: 'commit' },
  { after: 'commit', before: 'rm' },
  { after: 'commit', before: 'update log_restore' },
];

const KILLS: Kill[] = FULL ? [...SOME, ...MORE] : SOME;

/** A fresh database and data folder that restores are tried on. */
class Target {
  private constructor(
    private readonly database: Awaited<ReturnType<typeof logDatabase>>,
    private readonly data: string,
  ) {}

  static async make(): Promise<Target> {
    const database = await logDatabase();
    await database.client.query('drop table thing, effect');
    return new Target(database, mkdtempSync(join(folder, 'data-')));
  }

  get url(): string {
    return this.database.url;
  }

  get files(): string {
    return join(this.data, 'files');
  }

  /** Runs the command. @param kill the steps after and before which it is killed; never when absent @returns the steps it came to */
  async restore(kill: Kill = { before: '' }): Promise<{ ended: number | string; steps: string[]; said: string }> {
    const trace = join(this.data, 'steps');
    rmSync(trace, { force: true });
    const args = [
      '--import',
      join(ROOT, 'backend/test/restores/kill-at.ts'),
      join(ROOT, 'dist/backend/src/cli/restore.js'),
    ];
    const env = { RESTORE_KILL_BEFORE: kill.before, RESTORE_KILL_AFTER: kill.after ?? '', RESTORE_STEPS: trace };
    const run = await this.run([...args, saved], env);
    const steps = existsSync(trace) ? readFileSync(trace, 'utf8').trim().split('\n') : [];
    return { ...run, steps };
  }

  /** Starts the server. @returns how it ended; one that comes up is stopped */
  start(): Promise<{ ended: number | string; said: string }> {
    const ports = { SIGNALBOX_PORT: '0', SIGNALBOX_SMTP_IN_PORT: '0' };
    return this.run([join(ROOT, 'dist/backend/src/main.js')], { REDIS_URL: redisUrl('kills').url, ...ports });
  }

  private async run(args: string[], more: Record<string, string>): Promise<{ ended: number | string; said: string }> {
    const env = { PATH: process.env['PATH'], DATABASE_URL: this.url, SIGNALBOX_DATA_DIR: this.data, ...more };
    const child = spawn(join(ROOT, 'node_modules/.bin/node'), args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const read = (text: Buffer) => {
      said += text.toString();
      if (said.includes('Signalbox is ready')) child.kill('SIGKILL');
    };
    for (const stream of [child.stdout, child.stderr]) stream.on('data', read);
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    return { ended: code ?? signal ?? '', said };
  }

  /** What a start would find. */
  async state(): Promise<'untouched' | 'unfinished' | 'complete'> {
    const [log] = await rows<{ position: string }>(this.database.client, 'select position from log_state');
    const [mark] = await rows<{ done: boolean }>(
      this.database.client,
      'select files_in_place as done from log_restore',
    );
    const files = await filesUnder(this.files);
    if (mark?.done) {
      expect(Number(log?.position)).toBe(EVENTS);
      expect(files).toEqual(Object.keys(FILES).sort());
      for (const [path, text] of Object.entries(FILES)) expect(readFileSync(join(this.files, path), 'utf8')).toBe(text);
      return 'complete';
    }
    if (mark) return 'unfinished';
    expect([log?.position, files]).toEqual(['0', []]);
    return 'untouched';
  }

  /** Boots a process on the database and ends it. */
  async boots(): Promise<void> {
    await (await logProcess(this.url, { roles: 'api' })).close();
    const left = `select 1 from pg_stat_activity where datname = current_database() and application_name like 'signalbox%'`;
    await until(async () => (await rows(this.database.client, left)).length === 0);
  }

  dispose(): Promise<void> {
    return this.database.drop();
  }
}

async function on(work: (target: Target) => Promise<void>): Promise<void> {
  const target = await Target.make();
  try {
    await work(target);
  } finally {
    await target.dispose();
  }
}

/** The steps of a restore that nothing disturbs, and the folder that it made. */
let steps: string[];
let restored: string;

beforeAll(() =>
  on(async (target) => {
    const run = await target.restore();
    expect([run.ended, await target.state()]).toEqual([0, 'complete']);
    await target.boots();
    ({ steps } = run);
    restored = target.files;
  }),
);

describe('a restore', () => {
  it('flushes files and folders before the commit, and what it moved before it calls itself complete', () => {
    const at = (step: string) => steps.indexOf(step);
    const staged = `${restored}.restoring`;
    const flushed = ['', '/ab', '/ab/cd', '/ab/one', '/ab/cd/two', '/three'].map((path) => at(`sync ${staged}${path}`));
    const commit = at('commit');
    expect(flushed.every((step) => step >= 0 && step < commit)).toBe(true);
    const order = [
      commit,
      at(`rename ${staged}`),
      steps.lastIndexOf(`sync ${resolve(restored, '..')}`),
      steps.findIndex((step) => step.startsWith('update log_restore set files_in_place = true')),
    ];
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('that is killed anywhere leaves the target untouched, complete, or unfinished until it is run again', async () => {
    const seen = new Map<string, number>();
    for (const kill of KILLS)
      await on(async (target) => {
        const run = await target.restore(kill);
        expect([run.ended, run.steps.at(-1)]).toEqual(['SIGKILL', expect.stringMatching(`^${kill.before}`)]);
        const state = await target.state();
        seen.set(state, (seen.get(state) ?? 0) + 1);
        if (state !== 'unfinished') await target.boots();
        else if (seen.get(state) === 1) expect(await target.start()).toEqual({ ended: 1, said: `${UNFINISHED}\n` });
        if (state === 'complete') return;
        const again = await target.restore();
        expect([again.ended, again.said]).toEqual([0, expect.stringContaining('Restored')]);
        expect(await target.state()).toBe('complete');
      });
    expect([...seen.keys()].sort()).toEqual(['complete', 'unfinished', 'untouched']);
  });

  it('keeps backups away from what is unfinished', () =>
    on(async (target) => {
      await target.restore({ after: 'commit', before: 'rename' });
      expect(await target.state()).toBe('unfinished');
      const source = { databaseUrl: target.url, files: target.files };
      await expect(backup(source, join(folder, 'half'))).rejects.toThrow(UNFINISHED);
    }));
});
