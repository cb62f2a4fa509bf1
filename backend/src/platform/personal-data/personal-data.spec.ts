import { describe, expect, it } from '@jest/globals';
import { inPages, PersonalData } from './index.js';

describe('PersonalData', () => {
  it('knows each room once, by name', () => {
    const data = new PersonalData();
    data.register({ room: 'tasks' });
    data.register({ room: 'deals' });
    expect(data.holders().map(({ room }) => room)).toEqual(['deals', 'tasks']);
    expect(() => data.register({ room: 'deals' })).toThrow('registers personal data twice');
  });
});

describe('inPages', () => {
  const numbers = async (count: number) => {
    const asked: (number | null)[] = [];
    const page = async (after: number | null, limit: number) => {
      asked.push(after);
      return Array.from({ length: Math.min(limit, count - (after ?? 0)) }, (_, i) => (after ?? 0) + i + 1);
    };
    const found: number[] = [];
    for await (const row of inPages(page, (n) => n)) found.push(row);
    return { found, asked };
  };

  it.each([
    [0, [null]],
    [499, [null]],
    [500, [null, 500]],
    [1_250, [null, 500, 1_000]],
  ])('gives %d rows, each once, page after page', async (count, pages) => {
    const { found, asked } = await numbers(count);
    expect(found).toEqual(Array.from({ length: count }, (_, i) => i + 1));
    expect(asked).toEqual(pages);
  });

  it('reads no page that nobody takes', async () => {
    let pages = 0;
    const rows = inPages(
      async () => Array.from({ length: 500 }, () => ++pages),
      (n) => n,
    );
    for await (const row of rows) if (row > 0) break;
    expect(pages).toBe(500);
  });
});
