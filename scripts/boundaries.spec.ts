import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import config from '../.dependency-cruiser.mjs';
import { pinnedNode, root } from './lib/paths.mjs';

/** Names of the rules that a folder breaks, each with the files at fault. */
function broken(folder: string, args: string[]): Map<string, string[]> {
  const cruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const options = ['--config', join(root, '.dependency-cruiser.mjs'), '--output-type', 'json'];
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

describe('boundaries', () => {
  const found = broken('scripts/fixtures/boundaries', ['backend', 'contract', 'frontend']);

  it.each(config.forbidden.map((rule) => rule.name))('%s is seen when it is broken', (name) => {
    expect(found.get(name)).toBeDefined();
  });

  it('finds nothing where nothing is broken', () => {
    const clean = 'frontend/src/app/inbox/inbox.ts';
    expect([...found.values()].flat()).not.toContain('contract/pure.ts');
    expect([...found.values()].flat()).not.toContain(clean);
  });

  it('hold for the repository itself', () => {
    expect([...broken('.', ['backend', 'contract'])]).toEqual([]);
  });
});
