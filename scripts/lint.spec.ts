import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { pinnedNode, root } from './lib/paths.mjs';

/** Lints texts in one process, for reading the project's types is what takes long. */
const LINTER = `
  import { readFileSync } from 'node:fs';
  import { ESLint } from 'eslint';
  const eslint = new ESLint();
  const found = [];
  for (const { path, text } of JSON.parse(readFileSync(0, 'utf8')))
    found.push((await eslint.lintText(text, { filePath: path })).flatMap((file) => file.messages));
  console.log(JSON.stringify(found));`;

/** Rules that ESLint finds broken in texts that pretend to be the files at their paths. */
function broken(...texts: { path: string; text: string }[]): string[][] {
  const { stdout, stderr } = spawnSync(pinnedNode, ['--input-type=module', '--eval', LINTER], {
    cwd: root,
    input: JSON.stringify(texts),
    encoding: 'utf8',
  });
  if (!stdout) throw new Error(stderr);
  const files = JSON.parse(stdout) as { ruleId: string | null; message: string }[][];
  return files.map((messages) => messages.map(({ ruleId, message }) => `${ruleId}: ${message}`));
}

const BAD = `
/* eslint-disable */
// @ts-ignore
export const loose: any = process.env.HOME;
export const bracket = process['env'];
export const { env } = process;
export enum Colour { Red }
export async function swallow(work: () => Promise<void>) {
  work();
  await 1;
  if (work) throw 'text';
  try { await work(); } catch { /* nobody will know */ }
  var old = 1 == (2 as number);
  console.log(old);
}
`;

describe('lint', () => {
  const home = 'export const home = process.env.HOME;\n';
  const [found = [], config, elsewhere] = broken(
    { path: 'backend/src/platform/database/sql.ts', text: BAD },
    { path: 'backend/src/platform/config/config.ts', text: home },
    { path: 'backend/src/platform/database/sql.ts', text: home },
  );

  it.each([
    ['@typescript-eslint/no-explicit-any', 1],
    ['@typescript-eslint/ban-ts-comment', 1],
    ['@typescript-eslint/no-floating-promises', 1],
    ['@typescript-eslint/await-thenable', 1],
    ['@typescript-eslint/only-throw-error', 1],
    ['no-var', 1],
    ['eqeqeq', 1],
    ['no-console', 1],
    ['no-restricted-syntax', 5], // three ways to the environment, an enum, an empty catch
  ])('%s is seen when it is broken, whatever a comment says', (rule, times) => {
    expect(found.filter((message) => message.startsWith(`${rule}:`))).toHaveLength(times);
  });

  it('lets platform/config, and nothing else of the backend, read the environment', () => {
    expect(config).toEqual([]);
    expect(elsewhere).toHaveLength(1);
  });
});
