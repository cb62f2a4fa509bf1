import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pinnedNode } from './lib/paths.mjs';
import { Clone } from './spec-clone.js';

const PATIENCE = 180_000; // a loaded machine; a quiet one needs seconds

let clone: Clone;

beforeAll(async () => {
  clone = await Clone.make();
}, PATIENCE);
afterAll(() => clone.remove(), PATIENCE);

/** Runs a program of node_modules in the clone. */
function tool(path: string, args: string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(pinnedNode, [join(clone.folder, 'node_modules', path), ...args], {
    cwd: clone.folder,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

describe('npm run new:module', () => {
  it(
    'makes a room that passes the checks and its own specs',
    async () => {
      const made = clone.run('new-module.mjs', ['side-stories']);
      expect([await made.ended, made.output()]).toEqual([0, expect.stringContaining('side-story.entity.ts')]);
      const files = [
        'backend/src/modules/side-stories',
        'backend/test/matrix',
        'contract/events',
        'backend/migrations/index.ts',
      ];
      expect(tool('eslint/bin/eslint.js', files)).toEqual({ status: 0, said: '' });
      expect(tool('prettier/bin/prettier.cjs', ['--check', ...files])).toMatchObject({ status: 0 });
      for (const config of ['.dependency-cruiser.mjs', '.dependency-cruiser.cycles.mjs']) {
        const cruise = ['--config', config, 'backend', 'contract'];
        expect(tool('dependency-cruiser/bin/dependency-cruiser.mjs', cruise)).toMatchObject({ status: 0 });
      }
      expect(tool('typescript/bin/tsc', ['--noEmit', '-p', '.']).said).not.toMatch(/side[-_]stor/);
      const jest = tool('jest/bin/jest.js', ['side-stories', '--forceExit'], {
        NODE_OPTIONS: '--experimental-vm-modules',
      });
      expect(jest.said).toMatch(/Tests: +11 passed, 11 total/);
    },
    PATIENCE,
  );

  it.each([
    ['', 'Say the name'],
    ['Story', 'Say the name'],
    ['../users', 'Say the name'],
    ['users', 'There is a module "users" already.'],
  ])('refuses %j', async (name, sentence) => {
    const refused = clone.run('new-module.mjs', [name]);
    expect([await refused.ended, refused.output()]).toEqual([1, expect.stringContaining(sentence)]);
    expect(existsSync(join(clone.folder, 'backend/src/modules/Story'))).toBe(false);
  });
});
