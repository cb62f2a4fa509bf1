import { describe, expect, it } from '@jest/globals';
import { amount, refusal } from './refusal.js';

const plan = { name: 'team', title: 'Team', limits: {} };
const more = 'ask somebody';

describe('a refusal over a limit', () => {
  it('names the limit, what is used, and what to do', () => {
    const kind = { name: 'members', noun: 'members', unit: 'count', remedy: 'remove a member' } as const;
    const error = refusal({ kind, plan, used: 5, allowed: 5, wanted: 1, more });
    expect(error.detail).toBe(
      'This workspace has used 5 of the 5 members that its plan "Team" includes. To make room, remove a member. For more, ask somebody.',
    );
    expect([error.status, error.code, error.extra.members]).toEqual([
      402,
      'quota_exceeded',
      { quota: 'members', plan: 'team', used: 5, allowed: 5, unit: 'count', wanted: 1, resetsAt: null },
    ]);
  });

  it('says when a month is over', () => {
    const kind = { name: 'api_calls', noun: 'API calls', unit: 'count', period: 'month' } as const;
    const now = new Date('2026-12-31T23:59:59Z');
    const { detail, about } = refusal({ kind, plan, used: 12_000, allowed: 12_000, wanted: 1, more }, now);
    expect(detail).toBe(
      'This workspace has used 12,000 of the 12,000 API calls a month that its plan "Team" includes. Counting begins anew on 2027-01-01 (UTC). For more, ask somebody.',
    );
    expect(about.resetsAt).toBe('2027-01-01T00:00:00.000Z');
  });

  it('writes bytes as people read them', () => {
    const sizes = [0, 1, 1023, 1024, 1536, 1024 ** 2 * 499.6, 1024 ** 3 * 1500, 1024 ** 4 * 2000];
    const kind = { name: 'storage', noun: 'storage', unit: 'bytes' } as const;
    expect(sizes.map((bytes) => amount(bytes, kind))).toEqual([
      '0 bytes',
      '1 bytes',
      '1,023 bytes',
      '1 kB',
      '1.5 kB',
      '499.6 MB',
      '1.5 TB',
      '2,000 TB',
    ]);
    const { detail } = refusal({ kind, plan, used: 1000, allowed: 1024, wanted: 100, more });
    expect(detail).toContain('1,000 bytes of the 1 kB of storage that its plan "Team" includes; this needs 100 bytes.');
  });
});
