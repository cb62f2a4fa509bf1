import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { rowsOf, snapshotsIn, targetsWith } from '#test/filters/stored-filters.js';
import { ensureBuild } from '../../../../scripts/lib/build.mjs';
import { MarkSums } from './mark-sums.js';
import type { RowListener, StoredEventFilters } from './stored-event-filters.js';

jest.setTimeout(1_800_000);

const ROOT = resolve(import.meta.dirname, '../../../..');
/** SIGNALBOX_TEST_FULL=1 kills for some minutes. */
const KILLS = process.env['SIGNALBOX_TEST_FULL'] === '1' ? 60 : 3;
/** A version is stored about that often, so a kill falls anywhere into its writing. */
const MOST_MS = 150;

let folder: string;

beforeAll(async () => {
  await ensureBuild();
  folder = mkdtempSync(join(tmpdir(), 'signalbox-killed-filters-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Has a process of its own store versions from this one on, and kills it at some moment. @returns the last that it said was stored */
async function storeAndKill(first: number): Promise<number> {
  const script = join(ROOT, 'backend/test/filters/store-until-killed.ts');
  const child = spawn(join(ROOT, 'node_modules/.bin/node'), [script, folder, String(first)], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  let last = NaN;
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => (last = Number(line)));
  await Promise.race([once(lines, 'line'), ended]);
  await after(Math.random() * MOST_MS);
  child.kill('SIGKILL');
  const [code, signal] = (await ended) as [number | null, string | null];
  expect([code, signal]).toEqual([null, 'SIGKILL']);
  return last;
}

async function start(rows: readonly RowListener[]): Promise<StoredEventFilters<RowListener>> {
  const sums = new MarkSums();
  for (const { key, mark } of rows) sums.add(key, mark);
  const filters = targetsWith(snapshotsIn(folder)).stored<RowListener>('some');
  await filters.fill({
    sums: () =>
      Promise.resolve(
        sums.stored().map(([end, count, marks]) => ({ target: 'deal', end, rows: count, marks: BigInt(marks) })),
      ),
    marks: (ends) => Promise.resolve(rows.filter(({ key }) => ends.has(key.slice(-3)))),
    read: (keys, take) => Promise.resolve(take(keys ? rows.filter(({ key }) => keys.includes(key)) : rows)),
  });
  return filters;
}

function answers(filters: StoredEventFilters<RowListener>): string[][] {
  return [0, 30_000, 90_000, 140_000].map((priceMinor) =>
    filters
      .matching({
        ...({ type: 'deal.found', workspaceId: 'w1', occurredAt: new Date(0) } as const),
        ...({ data: { priceMinor, currency: 'USD', cabin: 'business' } } as object),
      } as Parameters<typeof filters.matching>[0])
      .sort(),
  );
}

it(`${KILLS} kills while filters are written leave the next start right each time`, async () => {
  const warned = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  let [version, midway] = [0, 0];
  for (let kill = 0; kill < KILLS; kill += 1) {
    version = await storeAndKill(version);
    if (readdirSync(join(folder, 'filters')).some((name) => name.endsWith('.part'))) midway += 1;
    // Rows went on, or a backup took them back.
    for (const now of [version, version + 2, version - 1]) {
      const rows = rowsOf(now);
      const filters = await start(rows);
      const fresh = targetsWith().stored<RowListener>('fresh');
      for (const row of rows) fresh.put(row);
      expect(answers(filters)).toEqual(answers(fresh));
      expect(filters.size).toBe(rows.length);
      // What was stored whole was used: of it a fifth has changed with each version.
      expect(filters.changes).toBeLessThanOrEqual(3_000);
    }
  }
  expect(warned).not.toHaveBeenCalled();
  if (KILLS > 10) expect(midway).toBeGreaterThan(0);
  warned.mockRestore();
});
