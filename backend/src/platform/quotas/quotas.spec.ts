import { describe, expect, it } from '@jest/globals';
import type { EntityManager } from '#platform/database/index.js';
import { QuotaKeeper, type QuotaShare } from './quota-keeper.js';
import { QuotaKinds } from './quota-kinds.js';
import { QuotaExceeded } from './quotas.errors.js';
import { Quotas } from './quotas.js';

const em = {} as EntityManager;
const SEATS = { name: 'seats', noun: 'seats', unit: 'count' } as const;

class Noting extends QuotaKeeper {
  readonly asked: [string, string, number][] = [];
  override async take(_em: EntityManager, { kind, amount }: QuotaShare, redeems: boolean) {
    this.asked.push([redeems ? 'redeem' : 'take', kind.name, amount]);
  }
  override async give(_em: EntityManager, { kind, amount }: QuotaShare) {
    this.asked.push(['give', kind.name, amount]);
  }
  override async foresee({ kind, amount }: QuotaShare) {
    this.asked.push(['foresee', kind.name, amount]);
  }
  override spend(): undefined {
    this.asked.push(['spend', 'seats', 1]);
  }
}

describe('quotas', () => {
  it('grant everything where nobody keeps them', async () => {
    const quotas = new Quotas(new QuotaKinds());
    await quotas.take(em, 'w', 'seats', 1e9);
    await quotas.redeem(em, 'w', 'seats');
    await quotas.foresee('w', 'seats');
    expect(quotas.spend('w', 'seats')).toBeUndefined();
  });

  it('ask their keeper about the kind that a room registered', async () => {
    const keeper = new Noting();
    const quotas = new Quotas(new QuotaKinds(), keeper);
    quotas.register(SEATS);
    await quotas.take(em, 'w', 'seats', 2);
    await quotas.redeem(em, 'w', 'seats');
    await quotas.give(em, 'w', 'seats', 3);
    await quotas.foresee('w', 'seats');
    expect(quotas.spend('w', 'seats')).toBeUndefined();
    expect(keeper.asked).toEqual([
      ['take', 'seats', 2],
      ['redeem', 'seats', 1],
      ['give', 'seats', 3],
      ['foresee', 'seats', 1],
      ['spend', 'seats', 1],
    ]);
    await expect(quotas.take(em, 'w', 'chairs')).rejects.toThrow('No room registered the quota "chairs"');
  });

  it('take each name once, and no name that a file could not hold', () => {
    const kinds = new QuotaKinds();
    kinds.register(SEATS);
    expect(() => kinds.register(SEATS)).toThrow('Two quotas are called "seats"');
    expect(() => kinds.register({ ...SEATS, name: 'Seats!' })).toThrow('no name of a quota');
    expect([kinds.has('seats'), kinds.has('chairs'), kinds.all()]).toEqual([true, false, [SEATS]]);
  });

  it('are exceeded for ever by what is larger than the limit itself', () => {
    const about = { quota: 'storage', plan: 'free', used: 0, allowed: 10, unit: 'bytes', resetsAt: null } as const;
    expect([10, 11].map((wanted) => new QuotaExceeded('Full.', { ...about, wanted }).hopeless)).toEqual([false, true]);
  });
});
