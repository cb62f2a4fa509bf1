import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { pinnedNode, root } from './lib/paths.mjs';

/** Rules that ESLint finds broken in a text that pretends to be the file at `path`. */
function broken(path: string, text: string): string[] {
  const args = [
    join(root, 'node_modules/eslint/bin/eslint.js'),
    '--stdin',
    '--stdin-filename',
    path,
    '--format',
    'json',
  ];
  const { stdout, stderr } = spawnSync(pinnedNode, args, { cwd: root, input: text, encoding: 'utf8' });
  if (!stdout) throw new Error(stderr);
  const [file] = JSON.parse(stdout) as { messages: { ruleId: string | null; message: string }[] }[];
  return file!.messages.map(({ ruleId, message }) => `${ruleId}: ${message}`);
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
  const found = broken('backend/src/platform/database/sql.ts', BAD);

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
    const text = 'export const home = process.env.HOME;\n';
    expect(broken('backend/src/platform/config/config.ts', text)).toEqual([]);
    expect(broken('backend/src/platform/database/sql.ts', text)).toHaveLength(1);
  });
});
