import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { dealFields } from '#contract/filter/index.js';
import type { EventType } from '#contract/events/index.js';
import type { InstanceConfig } from '#platform/config/index.js';
import type { LogEvent } from '#platform/event-log/index.js';
import { EventFilterSnapshots } from './event-filter-snapshots.js';
import type { EventFilters, Listener } from './event-filters.js';
import { EventSight, tellable } from './event-sight.js';
import { placeResolver, type FilterContexts } from './filter-contexts.js';
import { FilterTargets } from './filter-targets.js';

const owner = { zone: 'UTC', currency: 'USD', places: placeResolver, me: 'a' };

function made(snapshots?: EventFilterSnapshots) {
  const sight = new EventSight();
  const contexts = { rates: new Map([['USD', 1]]) } as unknown as FilterContexts;
  const targets = new FilterTargets(contexts, sight, snapshots);
  targets.register({
    name: 'deal',
    title: 'Deals',
    permission: 'deals:read',
    events: ['deal.found'],
    catalogue: dealFields,
    from: 'deal d',
    idColumn: 'd.id',
    workspaceColumn: 'd.workspace_id',
    timeColumn: 'd.found_at',
    titleColumn: 'd.title',
    subject: (event) => event.data as Record<string, unknown>,
  });
  return { sight, targets, filters: targets.listeners() };
}

function listener(key: string, filter: string, more: Partial<Listener> = {}): Listener {
  return { key, workspaceId: 'w1', target: 'deal', filter, owner, ...more };
}

function event(type: EventType, data: object, more: Partial<LogEvent> = {}): LogEvent {
  const base = {
    id: 'e',
    position: 1,
    workspaceId: 'w1',
    scope: { kind: 'workspace' },
    version: 1,
    subjectType: 'deal',
  };
  const actor = { kind: 'user', id: 'a', userId: 'a' };
  return { ...base, type, subjectId: 's', actor, data, occurredAt: new Date(0), ...more } as LogEvent;
}

const keys = (found: Listener[]) => found.map(({ key }) => key).sort();
const cheap = event('deal.found', { priceMinor: 30_000, currency: 'USD', cabin: 'business' });

describe('Filters of many listeners', () => {
  it('finds those whose filter matches, of the workspace and target alone', () => {
    const { filters } = made();
    filters.put(listener('cheap', 'price<=400'));
    filters.put(listener('dear', 'price>400'));
    filters.put(listener('everything', ''));
    filters.put(listener('elsewhere', 'price<=400', { workspaceId: 'w2' }));
    filters.put(listener('activity', 'type:deal.*', { target: 'activity' }));
    filters.put(listener('mine', 'actor:me', { target: 'activity' }));
    filters.put(listener('others', '-actor:me', { target: 'activity' }));
    expect(keys(filters.matching(cheap))).toEqual(['activity', 'cheap', 'everything', 'mine']);
    expect(filters.size).toBe(7);
  });

  it('replaces and removes by key, also into another workspace', () => {
    const { filters } = made();
    filters.put(listener('a', 'price<=400'));
    filters.put(listener('a', 'price>400'));
    expect(filters.matching(cheap)).toEqual([]);
    filters.put(listener('a', '', { workspaceId: 'w2' }));
    expect(filters.matching(cheap)).toEqual([]);
    expect(keys(filters.matching({ ...cheap, workspaceId: 'w2' }))).toEqual(['a']);
    expect(filters.get('a')?.workspaceId).toBe('w2');
    expect([filters.remove('a'), filters.remove('a'), filters.size]).toEqual([true, false, 0]);
    expect(filters.matching({ ...cheap, workspaceId: 'w2' })).toEqual([]);
  });

  it('hears only the types that were chosen', () => {
    const { filters } = made();
    filters.put(listener('found', '', { target: 'activity', types: ['deal.found'] }));
    filters.put(listener('expired', '', { target: 'activity', types: ['deal.expired'] }));
    expect(keys(filters.matching(cheap))).toEqual(['found']);
    expect(keys(filters.matching(event('deal.expired', { title: 'x' })))).toEqual(['expired']);
  });

  it('says what is wrong with a filter, which then hears nothing while the others go on', () => {
    const { filters } = made();
    expect(filters.put(listener('wrong', 'prise<=400'))?.toJSON()).toMatchObject({ suggestion: 'price' });
    expect(filters.put(listener('right', 'price<=400'))).toBeUndefined();
    expect(filters.put(listener('gone', '', { target: 'no-such' }))).toBeUndefined();
    expect(keys(filters.matching(cheap))).toEqual(['right']);
  });

  it('goes on without one that breaks the compiler or the engine, and says so once', () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    const { targets, filters } = made();
    const nowhere = { ...owner, zone: 'Nowhere/Gone' };
    const breaking = {
      ...targets.get('deal'),
      name: 'breaking',
      get catalogue(): never {
        throw new RangeError('Out of range');
      },
    };
    targets.register(breaking);
    for (let again = 0; again < 2; again++) {
      for (const [key, filter] of Object.entries({ poison: 'found>=2026-10-01', moving: 'found:today' }))
        expect(filters.put(listener(key, filter, { owner: nowhere }))).toBeUndefined();
      expect(filters.put(listener('broken', 'price<=400', { target: 'breaking' }))).toBeUndefined();
      filters.put(listener('right', 'price<=400'));
    }
    const found = event('deal.found', { ...(cheap.data as object), foundAt: '2026-10-02T00:00:00Z' });
    expect([keys(filters.matching(found)), filters.size]).toEqual([['right'], 4]);
    expect(error.mock.calls.map(([said]) => String(said))).toEqual([
      expect.stringContaining('poison'),
      expect.stringContaining('moving'),
      expect.stringContaining('broken'),
    ]);
    filters.put(listener('poison', 'price<=400'));
    expect(keys(filters.matching(cheap))).toEqual(['poison', 'right']);
    error.mockRestore();
  });

  it('asks targets that are registered later, and no guarded one, about what they hear', () => {
    const { targets } = made();
    const hearing = () => targets.hearing(cheap).map(({ name }) => name);
    expect(hearing()).toEqual(['activity', 'deal']);
    const events = ['deal.found', 'deal.found'] as const;
    targets.register({ ...targets.get('deal'), name: 'bargain', events });
    targets.register({ ...targets.get('deal'), name: 'secret', guarded: true });
    targets.register({ ...targets.get('deal'), name: 'picky', news: () => false });
    expect(hearing()).toEqual(['activity', 'bargain', 'deal']);
    expect([targets.has('secret'), targets.has('bargain'), targets.has('none')]).toEqual([false, true, false]);
  });

  it('tells nobody of telling', () => {
    const { filters } = made();
    filters.put(listener('all', '', { target: 'activity' }));
    const data = { subscriptionId: 's', eventId: 'e', channel: 'mail', attempt: 1 };
    expect(filters.matching(event('delivery.sent', data))).toEqual([]);
    expect(tellable).not.toContain('delivery.sent');
    expect(tellable).toContain('deal.found');
  });
});

describe('Filters on disk', () => {
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

  class Snapshots extends EventFilterSnapshots {
    static of = 'a build';

    protected override builtFrom(): string {
      return Snapshots.of;
    }
  }

  const many = (): Listener[] =>
    Array.from({ length: 1_500 }, (_, at) => listener(`k${at}`, `price<=${at} -cabin:first`));
  const stored = (): string[] => readdirSync(join(folder, 'filters'));

  /** A process that starts: it reads what the one before left, and then the rows. */
  async function start(rows: readonly Listener[], build = 'a build') {
    Snapshots.of = build;
    const snapshots = new Snapshots({ dataDir: folder } as InstanceConfig);
    const { targets } = made(snapshots);
    const filters: EventFilters<Listener> = targets.listeners('some');
    await filters.fill(async () => {
      for (const row of rows) filters.put(row);
      await Promise.resolve();
    });
    return { snapshots, filters };
  }

  /** The same answers as of filters that never saw a disk. */
  function expectLike(filters: EventFilters<Listener>, rows: readonly Listener[]) {
    const { filters: fresh } = made();
    for (const row of rows) fresh.put(row);
    for (const workspaceId of ['w1', 'w2']) {
      for (const priceMinor of [0, 30_000, 90_000, 140_000]) {
        const asked = event('deal.found', { priceMinor, currency: 'USD', cabin: 'business' }, { workspaceId });
        expect(keys(filters.matching(asked))).toEqual(keys(fresh.matching(asked)));
      }
    }
  }

  it('are compiled once, and after a kill only as far as rows have changed meanwhile', async () => {
    const rows = many();
    const before = await start(rows);
    expect(before.filters.changes).toBe(1_500);
    await before.snapshots.save();
    expect(stored()).toEqual(['some.deal.snapshot']);
    // Nothing tells this process that it ends.
    const changed = [
      ...rows.slice(8),
      listener('k0', 'price>400'),
      listener('k1', rows[1]!.filter, { workspaceId: 'w2' }),
      listener('k2', rows[2]!.filter, { owner: { ...owner, currency: 'EUR' } }),
      listener('k3', 'prise<=400'),
      listener('k4', 'type:deal.*', { target: 'activity' }),
      listener('new', 'price<=1000'),
    ];
    const after = await start(changed);
    expectLike(after.filters, changed);
    expect(after.filters.size).toBe(changed.length);
    // Six were put anew, and k5, k6 and k7 are no more.
    expect(after.filters.changes).toBe(9);
    after.filters.put(listener('k100', 'price>400'));
    after.filters.remove('k101');
    const later = [...changed.filter(({ key }) => !['k100', 'k101'].includes(key)), listener('k100', 'price>400')];
    expectLike(after.filters, later);
    expect(warned).not.toHaveBeenCalled();
  });

  it.each<[string, string, (bytes: Buffer) => Buffer]>([
    ['damaged', 'a build', (bytes) => Buffer.from(bytes.map((byte, at) => (at === 5_000 ? byte ^ 1 : byte)))],
    ['cut short', 'a build', (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ['of another build', 'another build', (bytes) => bytes],
  ])('are compiled again, and the log says why, when what was stored is %s', async (_, build, change) => {
    const rows = many();
    const before = await start(rows);
    await before.snapshots.save();
    const path = join(folder, 'filters', 'some.deal.snapshot');
    writeFileSync(path, change(readFileSync(path)));
    const after = await start(rows, build);
    expectLike(after.filters, rows);
    expect(after.filters.changes).toBe(1_500);
    expect(warned).toHaveBeenCalledTimes(1);
  });

  it('answer for no row of the database that they were stored for', async () => {
    const before = await start(many());
    await before.snapshots.save();
    const others = [listener('x', 'price<=400'), listener('k7', 'price<=7', { workspaceId: 'w2' })];
    const after = await start(others);
    expectLike(after.filters, others);
  });

  it('are not stored while they change, nor by sources that run unbuilt, nor when they are few', async () => {
    const { snapshots, filters } = await start(many());
    const saving = snapshots.save();
    for (let again = 0; again < 200; again += 1) {
      filters.put(listener('k3', `price<=${again}`));
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

describe('Who may be told of an event', () => {
  const everybody = { kind: 'workspace' } as const;

  it('is who holds the permission of its type; what no room placed is for the audit trail', () => {
    const { sight } = made();
    const reader = { permissions: new Set(['deals:read'] as const), userId: 'a' };
    expect(sight.sees(reader, { type: 'deal.found', scope: everybody })).toBe(true);
    expect(sight.sees(reader, { type: 'session.started', scope: everybody })).toBe(false);
    const auditor = { permissions: new Set(['audit:read'] as const), userId: 'a' };
    expect(sight.sees(auditor, { type: 'session.started', scope: everybody })).toBe(true);
    expect(sight.sees(auditor, { type: 'deal.found', scope: everybody })).toBe(false);
    expect(sight.types(reader.permissions)).toEqual(['deal.found']);
  });

  it('is the person alone for what is theirs', () => {
    const { sight } = made();
    const own = { type: 'session.started', scope: { kind: 'user', id: 'a' } } as const;
    expect(sight.sees({ permissions: new Set(), userId: 'a' }, own)).toBe(true);
    expect(sight.sees({ permissions: new Set(['audit:read']), userId: 'b' }, own)).toBe(false);
    expect(sight.sees({ permissions: new Set(['audit:read']), userId: null }, own)).toBe(false);
  });

  it('does not let two rooms disagree', () => {
    const { sight } = made();
    expect(() => sight.place('audit:read', ['deal.found'])).toThrow('is seen with "deals:read" already');
  });
});
