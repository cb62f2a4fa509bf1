import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import cycles from '../.dependency-cruiser.cycles.mjs';
import boundaries from '../.dependency-cruiser.mjs';
import { pinnedNode, root } from './lib/paths.mjs';

/** Names of the rules that a folder breaks, each with the files at fault. */
function broken(folder: string, args: string[], config: string): Map<string, string[]> {
  const cruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const options = ['--config', join(root, config), '--output-type', 'json'];
  const { stdout, stderr } = spawnSync(pinnedNode, [cruise, ...options, ...args], {
    cwd: join(root, folder),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!stdout) throw new Error(stderr);
  const { violations } = JSON.parse(stdout).summary as { violations: { rule: { name: string }; from: string }[] };
  const rules = new Map<string, string[]>();
  for (const { rule, from } of violations) rules.set(rule.name, [...(rules.get(rule.name) ?? []), from]);
  return rules;
}

// That the repository itself breaks none is a check of its own, of `npm test` as of `npm run lint`.
describe.each([
  ['.dependency-cruiser.mjs', boundaries],
  ['.dependency-cruiser.cycles.mjs', cycles],
])('%s', (path, config) => {
  const found = broken('scripts/fixtures/boundaries', ['backend', 'contract', 'frontend'], path);

  it.each(config.forbidden.map((rule) => rule.name))('sees when %s is broken', (name) => {
    expect(found.get(name)).toBeDefined();
  });

  it('finds nothing where nothing is broken', () => {
    const faulty = [...found.values()].flat();
    for (const clean of ['contract/pure.ts', 'frontend/src/app/inbox/inbox.ts', 'backend/src/platform/clock'])
      expect(faulty).not.toContain(clean);
  });
});
