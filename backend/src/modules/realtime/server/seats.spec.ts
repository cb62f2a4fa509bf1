import { describe, expect, it } from '@jest/globals';
import { Seats } from './seats.js';

describe('seats', () => {
  it('are as many as allowed for each, and are given back once', () => {
    const seats = new Seats(2);
    const first = seats.take('ada');
    expect(seats.take('ada')).toBeDefined();
    expect(seats.take('ada')).toBeUndefined();
    expect(seats.take('bob')).toBeDefined();
    first?.();
    first?.();
    expect(seats.take('ada')).toBeDefined();
    expect(seats.take('ada')).toBeUndefined();
  });
});
