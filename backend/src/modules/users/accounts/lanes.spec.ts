import { describe, expect, it } from '@jest/globals';
import { Lanes, LanesFull } from './lanes.js';

function gate() {
  let open: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (open = resolve));
  return { closed, open: () => open() };
}

describe('Lanes', () => {
  it('runs no more than its width at once and starts the others in order', async () => {
    const lanes = new Lanes(2, 10);
    const gates = Array.from({ length: 5 }, gate);
    const started: number[] = [];
    let running = 0;
    let most = 0;
    const all = gates.map((g, i) =>
      lanes.run(async () => {
        started.push(i);
        most = Math.max(most, ++running);
        await g.closed;
        running--;
      }),
    );
    await Promise.resolve();
    expect(started).toEqual([0, 1]);
    gates.forEach((g) => g.open());
    await Promise.all(all);
    expect(started).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(2);
  });

  it('refuses what finds the line full and goes on with the rest', async () => {
    const lanes = new Lanes(1, 1);
    const first = gate();
    const running = lanes.run(() => first.closed);
    const waiting = lanes.run(async () => 'second');
    await expect(lanes.run(async () => 'third')).rejects.toBeInstanceOf(LanesFull);
    first.open();
    await running;
    await expect(waiting).resolves.toBe('second');
    await expect(lanes.run(async () => 'fourth')).resolves.toBe('fourth');
  });

  it('frees the lane of work that fails', async () => {
    const lanes = new Lanes(1, 1);
    await expect(lanes.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(lanes.run(async () => 'next')).resolves.toBe('next');
  });
});
