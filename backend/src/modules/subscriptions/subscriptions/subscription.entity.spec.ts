import { describe, expect, it } from '@jest/globals';
import { Subscription } from './subscription.entity.js';

const owner = { workspaceId: 'w', userId: 'u' };
const choice = { name: 'Lisbon', filter: 'destination:LIS', paused: false };
const [monday, tuesday] = [new Date('2026-11-16T00:00:00Z'), new Date('2026-11-17T00:00:00Z')];
const opened = () => Subscription.open(owner, 'deal', choice, monday);

describe('a subscription', () => {
  it('begins with version 1, listening', () => {
    expect(opened()).toMatchObject({
      ...owner,
      ...choice,
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
    expect(subscription.told()).toEqual({ ...choice, target: 'deal', paused: true });
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
