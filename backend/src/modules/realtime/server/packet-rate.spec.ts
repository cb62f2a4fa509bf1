import { describe, expect, it } from '@jest/globals';
import { PacketRate } from './packet-rate.js';

const several = (rate: PacketRate, count: number, at: number) =>
  Array.from({ length: count }, () => rate.take(at)).filter(Boolean).length;

describe('the rate of packets', () => {
  it('lets five seconds’ worth through at once, and then what is due', () => {
    const now = performance.now();
    const rate = new PacketRate(10, now);
    expect(several(rate, 60, now)).toBe(50);
    expect(several(new PacketRate(10, now), 60, now + 1000)).toBe(50);
  });

  it('forgets, and holds back no more than that', () => {
    const now = performance.now();
    const rate = new PacketRate(10, now);
    expect(several(rate, 50, now)).toBe(50);
    expect(rate.take(now + 50)).toBe(false);
    const later = now + 3_600_000;
    expect(several(rate, 100, later)).toBe(50);
  });
});
