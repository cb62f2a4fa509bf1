import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clone } from './spec-clone.js';

const PATIENCE = 180_000; // a loaded machine; a quiet one needs seconds

let clone: Clone;

beforeAll(async () => {
  clone = await Clone.make();
}, PATIENCE);
afterAll(() => clone.remove(), PATIENCE);

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
      expect(clone.tool('eslint/bin/eslint.js', files)).toEqual({ status: 0, said: '' });
      expect(clone.tool('prettier/bin/prettier.cjs', ['--check', ...files])).toMatchObject({ status: 0 });
      for (const config of ['.dependency-cruiser.mjs', '.dependency-cruiser.cycles.mjs']) {
        const cruise = ['--config', config, 'backend', 'contract'];
        expect(clone.tool('dependency-cruiser/bin/dependency-cruiser.mjs', cruise)).toMatchObject({ status: 0 });
      }
      expect(clone.tool('typescript/bin/tsc', ['--noEmit', '-p', '.']).said).not.toMatch(/side[-_]stor/);
      const jest = clone.tool('jest/bin/jest.js', ['side-stories', '--forceExit'], {
        NODE_OPTIONS: '--experimental-vm-modules',
      });
      expect(jest.said).toMatch(/Tests: +11 passed, 11 total/);
    },
    PATIENCE,
  );
});
