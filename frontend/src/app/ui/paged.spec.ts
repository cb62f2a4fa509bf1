import { describe, expect, it } from '@jest/globals';
import { Problem } from '../api/problem';
import { Paged, type PageOf } from './paged';

interface Row {
  id: string;
  name?: string;
}
const page = (ids: string, nextCursor: string | null = null): PageOf<Row> => ({
  items: [...ids].map((id) => ({ id })),
  nextCursor,
});
const ids = (list: Paged<Row>) =>
  list
    .items()
    .map(({ id }) => id)
    .join('');

describe('a list that is read page by page', () => {
  it('is first, then filled, then has more until the last page', async () => {
    const asked: (string | undefined)[] = [];
    const list = new Paged<Row>((cursor) => {
      asked.push(cursor);
      return Promise.resolve(cursor ? page('bcd') : page('ab', 'next'));
    });
    expect([list.first(), list.empty(), list.hasMore()]).toEqual([true, false, false]);
    await list.reload();
    expect([list.first(), ids(list), list.hasMore()]).toEqual([false, 'ab', true]);
    await list.more();
    expect([ids(list), list.hasMore(), asked]).toEqual(['abcd', false, [undefined, 'next']]);
    await list.more();
    expect(asked).toHaveLength(2);
  });

  it('drops an answer that a newer question overtook', async () => {
    const answers: ((page: PageOf<Row>) => void)[] = [];
    const list = new Paged<Row>(() => new Promise((settle) => answers.push(settle)));
    const [old, young] = [list.reload(), list.reload()];
    answers[1]!(page('b'));
    await young;
    answers[0]!(page('a'));
    await old;
    expect([ids(list), list.loading()]).toEqual(['b', false]);
  });

  it('says what went wrong, and forgets it when it is asked again', async () => {
    let works = false;
    const refusal = new Problem(403, 'forbidden', 'You may not.');
    const list = new Paged<Row>(() => (works ? Promise.resolve(page('')) : Promise.reject(refusal)));
    await list.reload();
    expect([list.problem(), list.first(), list.empty()]).toEqual([refusal, false, false]);
    works = true;
    await list.reload();
    expect([list.problem(), list.empty()]).toEqual([undefined, true]);
  });

  it('puts a row in its place, and takes one out with a way back', async () => {
    const list = new Paged<Row>(() => Promise.resolve(page('abc')));
    await list.reload();
    list.put({ id: 'b', name: 'new' });
    expect(list.items()[1]).toEqual({ id: 'b', name: 'new' });
    const back = list.take('b');
    expect(ids(list)).toBe('ac');
    back();
    back();
    expect(ids(list)).toBe('abc');
    list.put({ id: 'd' });
    expect(ids(list)).toBe('dabc');
  });
});
