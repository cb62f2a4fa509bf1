import { describe, expect, it } from '@jest/globals';
import { levelsAfter, type UsageChange, type UsageLevel } from './usage-levels.js';

const [workspaceId, quota] = ['w', 'members'];
const [october, november, december] = ['2026-10-01', '2026-11-01', '2026-12-01'] as const;
const level = (month: string, now: number, peak: number): UsageLevel => ({
  workspaceId,
  quota,
  month,
  level: now,
  peak,
});
const change = (month: string, by: number): UsageChange => ({ workspaceId, quota, month, by });
const after = (latest: UsageLevel[], ...changes: UsageChange[]) => levelsAfter(latest, changes);

describe('what a workspace has', () => {
  it('begins with nothing, and its most is kept', () => {
    const changes = [change(november, 1), change(november, 2), change(november, -2)];
    expect(after([], ...changes)).toEqual([level(november, 1, 3)]);
  });

  it('is carried on within a month', () => {
    expect(after([level(november, 4, 6)], change(november, 1))).toEqual([level(november, 5, 6)]);
  });

  it('is carried over to the next month, whose most is at least what there was', () => {
    expect(after([level(november, 4, 6)], change(december, -1))).toEqual([level(december, 3, 4)]);
    expect(after([level(october, 1, 1)], change(november, 1), change(december, 1))).toEqual([
      level(november, 2, 2),
      level(december, 3, 3),
    ]);
  });

  it('goes on in the last month that was reached when a clock dates back', () => {
    expect(after([level(december, 4, 4)], change(november, 1))).toEqual([level(december, 5, 5)]);
  });

  it('is never less than nothing', () => {
    expect(after([level(november, 1, 2)], change(november, -3), change(november, 1))).toEqual([level(november, 1, 2)]);
  });

  it('is counted apart for each workspace and each quota', () => {
    const other = { ...change(november, 5), workspaceId: 'v' };
    const bytes = { ...change(november, 7), quota: 'storage' };
    expect(
      after([level(november, 1, 1)], other, bytes, change(november, 1)).map((l) => [l.workspaceId, l.quota, l.level]),
    ).toEqual([
      ['v', 'members', 5],
      ['w', 'storage', 7],
      ['w', 'members', 2],
    ]);
  });
});
