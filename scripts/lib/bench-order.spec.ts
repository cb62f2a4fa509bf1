import { describe, expect, it } from '@jest/globals';
import { readOrder } from './bench-order.mjs';

describe('what is asked of the benchmarks', () => {
  const known = ['signal', 'http'];

  it('is all of them when none is named', () => {
    expect(readOrder([], known)).toEqual({ names: ['http', 'signal'], options: [] });
  });

  it('is told from the options that each is given', () => {
    expect(readOrder(['http', '--profile'], known)).toEqual({ names: ['http'], options: ['--profile'] });
    expect(readOrder(['--profile'], known)).toEqual({ names: ['http', 'signal'], options: ['--profile'] });
    expect(readOrder(['signal', 'http'], known).names).toEqual(['signal', 'http']);
  });

  it('is refused when there is no such benchmark', () => {
    expect(() => readOrder(['htpp'], known)).toThrow('There is no benchmark "htpp"; there are: signal, http.');
  });
});
