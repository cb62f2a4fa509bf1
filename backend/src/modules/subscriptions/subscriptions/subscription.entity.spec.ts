import { describe, expect, it } from '@jest/globals';
import { PLAIN } from '../plans/plan.js';
import { Subscription, type SubscriptionChoice } from './subscription.entity.js';

const owner = { workspaceId: 'w', userId: 'u' };
const named = { name: 'Lisbon', filter: 'destination:LIS', paused: false };
const choice: SubscriptionChoice = { ...PLAIN, ...named, snoozedUntil: null, expiresAt: null };
const [monday, tuesday] = [new Date('2026-11-16T00:00:00Z'), new Date('2026-11-17T00:00:00Z')];
const opened = () => Subscription.open(owner, 'deal', choice, monday);

describe('a subscription', () => {
  it('begins with version 1, listening', () => {
    expect(opened()).toMatchObject({
      ...owner,
      ...named,
      plan: {},
      target: 'deal',
      version: 1,
      removedAt: null,
      createdAt: monday,
    });
    expect(opened().id).not.toBe(opened().id);
  });

  it('grows its version with a change and says what it was', () => {
    const subscription = opened();
    expect(subscription.change({ paused: true, name: undefined }, tuesday)).toBe(true);
    expect(subscription).toMatchObject({
      name: 'Lisbon',
      paused: true,
      version: 2,
      updatedAt: tuesday,
      createdAt: monday,
    });
    expect(subscription.told()).toEqual({ ...named, target: 'deal', paused: true });
  });

  it('keeps and tells of its plan only what differs from telling everything at once', () => {
    const subscription = opened();
    const rhythm = { kind: 'daily', hour: 8 } as const;
    expect(subscription.change({ rhythm, cooldownMinutes: 60, expiresAt: tuesday }, monday)).toBe(true);
    expect(subscription.plan).toEqual({ rhythm, cooldownMinutes: 60 });
    expect(subscription.told()).toMatchObject({ rhythm, cooldownMinutes: 60, expiresAt: tuesday.toISOString() });
    expect(subscription.change({ rhythm: { ...rhythm } }, tuesday)).toBe(false);
    expect(subscription.change({ rhythm: PLAIN.rhythm, cooldownMinutes: null, expiresAt: null }, tuesday)).toBe(true);
    expect(subscription.told()).toEqual({ ...named, target: 'deal' });
  });

  it('is nobody’s when it is shared, and says so', () => {
    const shared = Subscription.open({ ...owner, userId: null }, 'deal', choice, monday);
    expect([shared.shared, shared.told().shared, opened().told().shared]).toEqual([true, true, undefined]);
  });

  it('takes a change that changes nothing for none', () => {
    const subscription = opened();
    expect(subscription.change({ ...choice }, tuesday)).toBe(false);
    expect(subscription.change({}, tuesday)).toBe(false);
    expect(subscription).toMatchObject({ version: 1, updatedAt: monday });
  });

  it('stays known when it is removed', () => {
    const subscription = opened();
    subscription.remove(tuesday);
    expect(subscription).toMatchObject({ removedAt: tuesday, version: 2, name: 'Lisbon' });
  });
});
