import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { EventType } from '#contract/events/index.js';
import type { LogEvent } from '#platform/event-log/index.js';
import { owner, row, Snapshots, snapshotsIn, targetsWith } from '#test/filters/stored-filters.js';
import { MarkSums } from './mark-sums.js';
import type { RowListener, StoredEventFilters } from './stored-event-filters.js';

const many = (): RowListener[] => Array.from({ length: 1_500 }, (_, at) => row(`k${at}`, `price<=${at} -cabin:first`));

/** What a database tells of rows; `read` counts those that were asked for. */
class Table {
  read = 0;
  constructor(private readonly rows: readonly RowListener[]) {}

  sums() {
    const byTarget = new Map<string, MarkSums>();
    for (const { target, key, mark } of this.rows) {
      const sums = byTarget.get(target) ?? new MarkSums();
      sums.add(key, mark);
      byTarget.set(target, sums);
    }
    const sums = [...byTarget].flatMap(([target, of]) =>
      of.stored().map(([end, rows, marks]) => ({ target, end, rows, marks: BigInt(marks) })),
    );
    return Promise.resolve(sums);
  }

  marks(ends: ReadonlySet<string>): Promise<RowListener[]> {
    return Promise.resolve(this.rows.filter(({ key }) => ends.has(key.slice(-3))));
  }

  some(keys: readonly string[] | undefined, take: (rows: readonly RowListener[]) => void): Promise<void> {
    const found = this.rows.filter(({ key }) => keys?.includes(key) ?? true);
    this.read += found.length;
    take(found);
    return Promise.resolve();
  }
}

function event(data: object, workspaceId: string): LogEvent {
  const base = { id: 'e', position: 1, scope: { kind: 'workspace' }, version: 1, subjectType: 'deal', subjectId: 's' };
  const type: EventType = 'deal.found';
  const actor = { kind: 'user', id: 'a', userId: 'a' };
  return { ...base, workspaceId, type, actor, data, occurredAt: new Date(0) } as LogEvent;
}

let folder: string;
let warned: ReturnType<typeof jest.spyOn>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-filters-'));
  warned = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
});

afterEach(() => {
  rmSync(folder, { recursive: true });
  warned.mockRestore();
});

const stored = (): string[] => readdirSync(join(folder, 'filters')).sort();
const path = (target: string) => join(folder, 'filters', `some.${target}.snapshot`);

/** A process that starts: it reads what the one before left, and of the rows as few as it can. */
async function start(rows: readonly RowListener[], build = 'a build') {
  Snapshots.of = build;
  const snapshots = snapshotsIn(folder);
  const filters = targetsWith(snapshots).stored<RowListener>('some');
  const table = new Table(rows);
  await filters.fill({
    sums: () => table.sums(),
    marks: (ends) => table.marks(ends),
    read: (keys, take) => table.some(keys, take),
  });
  return { snapshots, filters, read: table.read };
}

const found = (filters: StoredEventFilters<RowListener>, asked: LogEvent) => filters.matching(asked).sort();

/** The same answers as of filters that never saw a disk. */
function expectLike(filters: StoredEventFilters<RowListener>, rows: readonly RowListener[]) {
  const fresh = targetsWith().stored<RowListener>('fresh');
  for (const one of rows) fresh.put(one);
  expect(filters.size).toBe(fresh.size);
  for (const workspaceId of ['w1', 'w2']) {
    for (const priceMinor of [0, 30_000, 90_000, 140_000]) {
      const asked = event({ priceMinor, currency: 'USD', cabin: 'business' }, workspaceId);
      expect(found(filters, asked)).toEqual(found(fresh, asked));
    }
  }
}

describe('filters on disk', () => {
  it('are neither compiled nor read again, and tell whose rows must be read', async () => {
    const rows = many();
    const before = await start(rows);
    expect([before.filters.changes, before.read]).toEqual([1_500, 1_500]);
    await before.snapshots.save();
    expect(stored()).toEqual(['some.deal.snapshot']);
    const after = await start(rows);
    expect([after.filters.changes, after.read]).toEqual([0, 0]);
    expectLike(after.filters, rows);
    const asked = event({ priceMinor: 149_850, currency: 'USD' }, 'w1');
    expect([after.filters.matching(asked), after.filters.get('k1499')]).toEqual([['k1499'], undefined]);
    after.filters.put(rows[1_499]!);
    expect([after.filters.matching(asked), after.filters.get('k1499')]).toEqual([['k1499'], rows[1_499]]);
    expect(after.filters.changes).toBe(0);
  });

  it('are compiled after a kill only as far as rows have changed meanwhile, by whatever way', async () => {
    const rows = many();
    const before = await start(rows);
    await before.snapshots.save();
    // Nothing tells this process that it ends.
    const changed = [
      ...rows.slice(8),
      row('k0', 'price>400'),
      row('k1', rows[1]!.filter, { workspaceId: 'w2' }),
      row('k2', rows[2]!.filter, { owner: { ...owner, currency: 'EUR' } }),
      row('k3', 'prise<=400'),
      row('k4', 'type:deal.*', { target: 'activity' }),
      row('new', 'price<=1000'),
    ];
    const after = await start(changed);
    expectLike(after.filters, changed);
    // Six were put anew, and k5, k6 and k7 are no more.
    expect([after.filters.changes, after.read]).toEqual([9, 6]);
    after.filters.put(row('k100', 'price>400'));
    after.filters.remove('k101');
    const later = [...changed.filter(({ key }) => !['k100', 'k101'].includes(key)), row('k100', 'price>400')];
    expectLike(after.filters, later);
    expect(warned).not.toHaveBeenCalled();
  });

  it('are those of the rows when the rows are as they were before', async () => {
    const rows = many();
    await (await start(rows)).snapshots.save();
    const newer = rows.map((one) => row(one.key, `${one.filter} -cabin:premium`));
    const between = await start(newer);
    await between.snapshots.save();
    // A backup was restored.
    const after = await start(rows);
    expectLike(after.filters, rows);
    expect(after.filters.changes).toBe(1_500);
  });

  it('agree when their targets were not stored together', async () => {
    const rows = many();
    await (await start(rows)).snapshots.save();
    const old = readFileSync(path('deal'));
    const moved = rows.map((one, at) => (at < 1_100 ? row(one.key, 'type:deal.*', { target: 'activity' }) : one));
    await (await start(moved)).snapshots.save();
    expect(stored()).toEqual(['some.activity.snapshot', 'some.deal.snapshot']);
    writeFileSync(path('deal'), old);
    expectLike((await start(moved)).filters, moved);
    rmSync(path('activity'));
    expectLike((await start(moved)).filters, moved);
  });

  it.each<[string, string, (bytes: Buffer) => Buffer]>([
    ['damaged', 'a build', (bytes) => Buffer.from(bytes.map((byte, at) => (at === 5_000 ? byte ^ 1 : byte)))],
    ['cut short', 'a build', (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ['of another build', 'another build', (bytes) => bytes],
  ])('are compiled again, and the log says why, when what was stored is %s', async (_, build, change) => {
    const rows = many();
    const before = await start(rows);
    await before.snapshots.save();
    writeFileSync(path('deal'), change(readFileSync(path('deal'))));
    const after = await start(rows, build);
    expectLike(after.filters, rows);
    expect(after.filters.changes).toBe(1_500);
    expect(warned).toHaveBeenCalledTimes(1);
  });

  it('answer for no row of the database that they were stored for', async () => {
    const before = await start(many());
    await before.snapshots.save();
    const others = [row('x', 'price<=400'), row('k7', 'price<=7', { workspaceId: 'w2' })];
    expectLike((await start(others)).filters, others);
    expectLike((await start([])).filters, []);
  });

  it('are not stored while they change, nor by sources that run unbuilt, nor when they are few', async () => {
    const { snapshots, filters } = await start(many());
    const saving = snapshots.save();
    for (let again = 0; again < 200; again += 1) {
      filters.put(row('k3', `price<=${again}`));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await saving;
    expect(stored()).toEqual([]);
    await (await start(many(), '')).snapshots.save();
    await (await start(many().slice(0, 900))).snapshots.save();
    expect(stored()).toEqual([]);
    await snapshots.save();
    expect(stored()).toEqual(['some.deal.snapshot']);
  });
});
