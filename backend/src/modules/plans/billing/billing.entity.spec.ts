import { describe, expect, it } from '@jest/globals';
import { Billing, type PaidSubscription } from './billing.entity.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const days = (n: number) => new Date(NOW.getTime() + n * 86_400_000);
const sub = (status: string, more: Partial<PaidSubscription> = {}): PaidSubscription => ({
  id: 'sub_1',
  status,
  plan: 'team',
  periodEndsAt: days(20),
  endsAt: null,
  ...more,
});

/** A billing that has been through these, one a day, the last of them now. */
function after(...found: (PaidSubscription | null)[]) {
  const billing = new Billing();
  const outcomes = found.map((one, i) =>
    billing.settle(one, { wanted: i + 1, graceDays: 7, now: days(i - found.length + 1) }),
  );
  return { billing, last: outcomes.at(-1) };
}

describe('what is paid', () => {
  it.each([
    ['active', 'team', 'paid'],
    ['trialing', 'team', 'paid'],
    ['past_due', 'team', 'unpaid'],
    ['unpaid', null, 'unpaid'],
    ['canceled', null, 'cancelled'],
    ['incomplete', null, 'cancelled'],
    ['paused', null, 'cancelled'],
    ['something new', null, 'cancelled'],
  ])('while a subscription is %s, is %s', (status, paid, reason) => {
    expect(after(sub(status)).last).toMatchObject({ paid, reason });
  });

  it('is nothing without a subscription', () => {
    expect(after(null).last).toEqual({ paid: null, reason: 'cancelled' });
  });

  it('stays for the days of grace after a payment failed, told of once, and then goes', () => {
    const { billing, last } = after(sub('active'), sub('past_due'), sub('past_due'));
    expect(last).toEqual({ paid: 'team', reason: 'unpaid' });
    expect([billing.failingSince, billing.graceUntil]).toEqual([days(-1), days(6)]);
    expect(billing.nextLook(NOW)).toEqual(new Date(days(6).getTime() + 60_000));
    const settle = (now: Date) => billing.settle(sub('past_due'), { wanted: 9, graceDays: 7, now });
    expect([settle(new Date(days(6).getTime() - 1))?.paid, settle(days(6))?.paid]).toEqual(['team', null]);
    expect(billing.nextLook(days(6))).toEqual(days(21));
  });

  it('comes back when the payment is made good, and the next failure has a grace of its own', () => {
    const { billing, last } = after(sub('past_due'), sub('active'));
    expect(last).toEqual({ paid: 'team', reason: 'paid', news: 'recovered' });
    expect([billing.failingSince, billing.graceUntil]).toEqual([null, null]);
    expect(billing.settle(sub('past_due'), { wanted: 3, graceDays: 7, now: NOW })?.news).toBe('failed');
    expect(billing.graceUntil).toEqual(days(7));
  });

  it('is not told by an answer that is older than another one', () => {
    const { billing } = after(sub('active'), sub('canceled'));
    expect(billing.settle(sub('active'), { wanted: 1, graceDays: 7, now: NOW })).toBeUndefined();
    expect(billing.status).toBe('canceled');
  });

  it('is what it was when its price is not known any more', () => {
    expect(after(sub('active'), sub('active', { plan: null })).last?.paid).toBe('team');
  });

  it('is looked at again after its period, whatever is heard, and no more when it is over', () => {
    expect(after(sub('active')).billing.nextLook(NOW)).toEqual(days(21));
    expect(after(sub('active', { periodEndsAt: days(-3) })).billing.nextLook(NOW)).toEqual(days(1));
    expect(after(sub('canceled')).billing.nextLook(NOW)).toBeNull();
  });
});
