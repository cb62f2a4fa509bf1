import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Inject } from '@nestjs/common';
import { z } from 'zod';
import { affected, Reads, Transactions } from '#platform/database/index.js';
import { bootHttp, type HttpKit } from '#test/http-kit.js';
import { Cursor, Endpoint, Input, type ListQuery, listQuery, page, type SortedList } from '../index.js';

const query = listQuery({ sort: ['madeAt', 'price', 'name'], defaultSort: '-madeAt', fields: true, filter: true });
const item = z.object({ id: z.uuid(), name: z.string(), price: z.number().nullable() });
const SORTED: SortedList = {
  name: 'spec-items',
  sorts: {
    madeAt: { sql: 'i.made_at', type: 'timestamptz' },
    price: { sql: 'i.price', type: 'bigint', nullable: true },
    name: { sql: 'i.name', type: 'text' },
  },
  id: { sql: 'i.id', type: 'uuid' },
};
const otherQuery = listQuery({ sort: ['madeAt'], defaultSort: '-madeAt' });

@Controller('items')
class ItemsController {
  constructor(
    @Inject(Reads) private readonly reads: Reads,
    @Inject(Cursor) private readonly cursor: Cursor,
  ) {}

  @Get()
  @Endpoint({ permission: 'public', summary: 'List items', query, response: page(item) })
  async list(@Input.query() asked: z.infer<typeof query>) {
    const seek = this.cursor.seek(SORTED, asked, 1);
    const rows = await this.reads.adHoc<{ _key: string[] }>(
      `select i.id, i.name, i.price::int as price, ${seek.key} from spec_item i where ${seek.condition} order by ${seek.orderBy} limit ${seek.limit}`,
      seek.values,
    );
    return this.cursor.page(SORTED, asked, rows);
  }

  @Get('other')
  @Endpoint({ permission: 'public', summary: 'Another list', query: otherQuery, response: page(item) })
  other(@Input.query() asked: ListQuery) {
    this.cursor.seek({ ...SORTED, name: 'spec-others' }, asked, 1);
    return { items: [], nextCursor: null };
  }
}

describe('a list', () => {
  let kit: HttpKit;
  let expected: { id: string; name: string; price: number | null; made_at: string }[];
  beforeAll(async () => {
    kit = await bootHttp({ controllers: [ItemsController] });
    await kit.app.get(Transactions).run(async (em) => {
      await affected(
        em,
        'create table spec_item (id uuid primary key, name text not null, price bigint, made_at timestamptz not null)',
      );
      // Times that differ by microseconds, equal times, equal prices and missing prices: what keysets get wrong.
      await affected(
        em,
        `insert into spec_item select gen_random_uuid(), 'n' || (n % 7), case when n % 5 = 0 then null else n % 4 end,
           timestamptz '2027-01-01' + (n / 3) * interval '1 microsecond' from generate_series(1, 53) n`,
      );
    });
    expected = await kit.app.get(Reads).adHoc('select id, name, price::int as price, made_at::text from spec_item', []);
  });
  afterAll(() => kit.close());

  const list = (search: string) => kit.call('GET', `/api/v1/items?${search}`);

  async function walk(search: string): Promise<{ id: string; name: string; price: number | null }[]> {
    const found = [];
    let cursor: string | null = null;
    do {
      const answer: Awaited<ReturnType<typeof list>> = await list(
        `${search}&limit=4${cursor ? `&cursor=${cursor}` : ''}`,
      );
      expect(answer.status).toBe(200);
      found.push(...answer.body.items);
      cursor = answer.body.nextCursor;
    } while (cursor && found.length < 200);
    return found;
  }

  it.each(['madeAt', '-madeAt', 'price', '-price', 'name', '-name'])(
    'is walked by %s without a gap or a repeat',
    async (sort) => {
      const walked = await walk(`sort=${sort}`);
      const key = { madeAt: 'made_at', price: 'price', name: 'name' }[sort.replace('-', '')] as 'made_at';
      const sign = sort.startsWith('-') ? -1 : 1;
      const known = new Map(expected.map((row) => [row.id, row]));
      const wanted = [...expected].sort((a, b) => {
        if (a[key] === b[key]) return sign * (a.id < b.id ? -1 : 1);
        if (a[key] === null) return 1;
        if (b[key] === null) return -1;
        return sign * (a[key] < b[key] ? -1 : 1);
      });
      expect(walked.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
      expect(walked).toHaveLength(known.size);
    },
  );

  it('holds what limit says and ends without a cursor', async () => {
    const all = await list('limit=53');
    expect(all.body.items).toHaveLength(53);
    expect(all.body.nextCursor).toBeNull();
    expect((await list('limit=52')).body.nextCursor).toEqual(expect.any(String));
    expect((await list('')).body.items).toHaveLength(50);
  });

  it.each(['limit=0', 'limit=201', 'limit=x', 'limit=1.5', 'sort=wrong', 'sort=--price', 'cursor='])(
    'refuses %s',
    async (search) => {
      const answer = await list(search);
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
      expect(answer.body.errors[0].path).toBe(`/query/${search.split('=')[0]}`);
    },
  );

  it('refuses a cursor of another list, sort or filter, and a damaged one', async () => {
    const { nextCursor } = (await list('limit=2')).body;
    const refused = { status: 400, body: { errors: [{ path: '/query/cursor' }] } };
    expect(await kit.call('GET', `/api/v1/items/other?cursor=${nextCursor}`)).toMatchObject(refused);
    expect(await list(`sort=price&cursor=${nextCursor}`)).toMatchObject(refused);
    expect(await list(`sort=madeAt&cursor=${nextCursor}`)).toMatchObject(refused);
    expect(await list(`filter=x&cursor=${nextCursor}`)).toMatchObject(refused);
    expect(await list(`cursor=${nextCursor.slice(0, -2)}AA`)).toMatchObject(refused);
    const forged = Buffer.from('["2027-01-01","x"]').toString('base64url');
    expect(await list(`cursor=${forged}.${nextCursor.split('.').slice(1).join('.')}`)).toMatchObject(refused);
    for (const nonsense of ['x', '.', 'a.b', 'e30.x.y', '%F0%9F%98%80'])
      expect(await list(`cursor=${nonsense}`)).toMatchObject(refused);
    expect((await list(`cursor=${nextCursor}`)).status).toBe(200);
  });

  it('gives only the fields that are asked for', async () => {
    const { items, nextCursor } = (await list('fields=name,id&limit=2')).body;
    expect(Object.keys(items[0])).toEqual(['name', 'id']);
    expect(nextCursor).toEqual(expect.any(String));
    const wrong = await list('fields=name,secret');
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ path: '/query/fields' }] } });
    expect(wrong.body.detail).toContain('secret');
  });

  it('refuses what the list does not take', async () => {
    expect(await kit.call('GET', '/api/v1/items/other?fields=id')).toMatchObject({ status: 400 });
    expect(await kit.call('GET', '/api/v1/items/other?filter=x')).toMatchObject({ status: 400 });
  });
});
