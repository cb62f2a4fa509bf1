// CPU profiles of a part of a benchmark, for DevTools.
import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';

const FOLDER = '.data/profile';

/** Does the work. With `--profile` on the command line, what the process did meanwhile is written to `.data/profile`. */
export async function profiled<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (!process.argv.includes('--profile')) return work();
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  const result = await work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${name}.cpuprofile`), JSON.stringify(profile));
  return result;
}
