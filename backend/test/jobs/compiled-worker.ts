// Compiles the worker process once a spec, so that it can be started, and killed, as a process of its own.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');

/** The compiled worker. */
export interface CompiledWorker {
  /** Starts a worker and waits until it is ready. */
  start(env: Record<string, string>): Promise<ChildProcess>;
  dispose(): void;
}

/** Compiles platform, contract and the worker into a folder of its own. */
export function compileWorker(): CompiledWorker {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-worker-'));
  const swc = join(root, 'node_modules/.bin/swc');
  const sources = ['backend/src/platform', 'backend/migrations', 'backend/test/jobs', 'contract'];
  execFileSync(
    swc,
    [...sources, '-d', join(folder, 'dist'), '--config-file', '.swcrc', '--ignore', '**/*.spec.ts', '-q'],
    { cwd: root },
  );
  cpSync(join(root, 'backend/src/platform'), join(folder, 'dist/backend/src/platform'), {
    recursive: true,
    filter: (path) => !path.endsWith('.ts'),
  });
  const { imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { imports: unknown };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', imports }));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return {
    start: async (env) => {
      const child = spawn(
        join(root, 'node_modules/.bin/node'),
        [join(folder, 'dist/backend/test/jobs/worker-process.js')],
        {
          env: { PATH: process.env['PATH'], WORKER_ENV: JSON.stringify(env) },
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      const [said] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [unknown];
      if (!String(said).startsWith('ready')) throw new Error(`The worker did not start: ${String(said)}`);
      return child;
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
