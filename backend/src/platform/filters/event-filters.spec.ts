import { describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { dealFields } from '#contract/filter/index.js';
import type { EventType } from '#contract/events/index.js';
import type { LogEvent } from '#platform/event-log/index.js';
import type { Listener } from './event-filters.js';
import { EventSight, tellable } from './event-sight.js';
import { placeResolver, type FilterContexts } from './filter-contexts.js';
import { FilterTargets } from './filter-targets.js';

const owner = { zone: 'UTC', currency: 'USD', places: placeResolver, me: 'a' };

function made() {
  const sight = new EventSight();
  const contexts = { rates: new Map([['USD', 1]]) } as unknown as FilterContexts;
  const targets = new FilterTargets(contexts, sight);
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
