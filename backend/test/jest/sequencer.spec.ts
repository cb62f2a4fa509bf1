import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { LONGEST } from './sequencer.mjs';

it('begins with specs that are there', () => {
  const root = resolve(import.meta.dirname, '../../..');
  expect(LONGEST.filter((spec) => !existsSync(resolve(root, spec)))).toEqual([]);
});
