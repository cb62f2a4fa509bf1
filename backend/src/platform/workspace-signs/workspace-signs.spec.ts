import { describe, expect, it } from '@jest/globals';
import { WorkspaceSigns } from './index.js';

describe('WorkspaceSigns', () => {
  it('gives every figure for every workspace, and takes a name once', async () => {
    const signs = new WorkspaceSigns();
    expect(await signs.of(['a'])).toEqual(new Map([['a', {}]]));
    signs.register({ name: 'failing', count: async () => new Map([['a', 2]]) });
    signs.register({ name: 'late', count: async () => new Map() });
    expect(await signs.of(['a', 'b'])).toEqual(
      new Map([
        ['a', { failing: 2, late: 0 }],
        ['b', { failing: 0, late: 0 }],
      ]),
    );
    expect(() => signs.register({ name: 'late', count: async () => new Map() })).toThrow('named "late"');
  });
});
