import { existsSync } from 'node:fs';
import { join } from 'node:path';
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
    'makes a room in its right form; that it passes every check is seen in the long run',
    async () => {
      const made = clone.run('new-module.mjs', ['side-stories']);
      expect([await made.ended, made.output()]).toEqual([0, expect.stringContaining('side-story.entity.ts')]);
      const folder = 'backend/src/modules/side-stories';
      expect(clone.tool('prettier/bin/prettier.cjs', ['--check', folder])).toMatchObject({ status: 0 });
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
