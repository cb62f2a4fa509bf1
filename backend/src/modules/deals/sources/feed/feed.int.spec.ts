import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { MessageSummary } from '../../messages/messages.schemas.js';
import { dealsKit, until, type DealsKit } from '#test/deals-kit.js';
import type { HeldSource } from '../source-leases.js';
import type { SourceView } from '../sources.schemas.js';
import { FeedReader } from './feed-reader.js';

jest.setTimeout(60_000);
let kit: DealsKit;
const servers: Server[] = [];

beforeAll(async () => {
  kit = await dealsKit({ SIGNALBOX_SOURCE_RETRY_SECONDS: '1', SIGNALBOX_SOURCE_LEASE_SECONDS: '4' });
});
afterEach(() => servers.splice(0).forEach((server) => server.close()));
afterAll(() => kit?.close());

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed`;
}

const item = (id: string, title: string, body = '') =>
  `<item><guid>${id}</guid><title>${title}</title><link>https://deals.example/${id}</link><description><![CDATA[${body}]]></description></item>`;
const rss = (...items: string[]) =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>Fares</title>${items.join('')}</channel></rss>`;
const follow = (url: string) => kit.source({ kind: 'feed', name: 'Fares', settings: { url, intervalMinutes: 60 } });
const messagesOf = async (source: SourceView) =>
  (await kit.call<{ items: MessageSummary[] }>('GET', `messages?sourceId=${source.id}`)).items;
const statusOf = (source: SourceView) => kit.call<SourceView>('GET', `sources/${source.id}`);
/** Makes the source due now; the interval of a feed is minutes. */
const due = (source: SourceView) => kit.call('PATCH', `sources/${source.id}`, { name: `Fares ${Math.random()}` });
const checked = (source: SourceView, after: number) =>
  until(async () => new Date((await statusOf(source)).lastSuccessAt ?? 0).getTime() > after);

describe('a feed', () => {
  it('brings each item once, as a message that is read', async () => {
    const seen: IncomingMessage['headers'][] = [];
    let body = rss(item('1', 'Boston to Dublin from $299 round trip'), item('2', 'A story about clouds'));
    const url = await serve((request, response) => {
      seen.push(request.headers);
      const etag = `"${body.length}"`;
      if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end();
      response.writeHead(200, { etag, 'last-modified': 'Sat, 21 Nov 2026 08:00:00 GMT' }).end(body);
    });
    const source = await follow(url);
    await until(async () => (await messagesOf(source)).filter((m) => m.state !== 'received').length === 2);
    expect((await messagesOf(source)).map((m) => [m.subject, m.state]).sort()).toEqual([
      ['A story about clouds', 'no_deal'],
      ['Boston to Dublin from $299 round trip', 'parsed'],
    ]);

    let before = Date.now();
    await due(source);
    await checked(source, before);
    expect(seen.at(-1)).toMatchObject({
      'if-none-match': `"${body.length}"`,
      'if-modified-since': 'Sat, 21 Nov 2026 08:00:00 GMT',
    });
    expect(await messagesOf(source)).toHaveLength(2);

    body = rss(
      item('3', 'Rome to Oslo from 49 EUR one way'),
      item('1', 'Boston to Dublin from $299 round trip'),
      item('2', 'A story about clouds'),
    );
    before = Date.now();
    await due(source);
    await checked(source, before);
    expect((await messagesOf(source)).map((m) => m.subject)).toContain('Rome to Oslo from 49 EUR one way');
    expect(await messagesOf(source)).toHaveLength(3);
  });

  it('that changes the price on the same page reprices the deal instead of finding another', async () => {
    let body = rss(item('7', 'Chicago to Tokyo from $700 round trip'));
    const url = await serve((_, response) => void response.end(body));
    const source = await follow(url);
    const deal = () =>
      kit.rows<{ id: string; price: string; version: number }>(
        `select id, price_minor as price, version from deal where source_id = $1`,
        [source.id],
      );
    await until(async () => (await deal()).length === 1);
    const [first] = await deal();
    body = rss(item('7', 'Chicago to Tokyo from $650 round trip'));
    await due(source);
    const [second] = await until(async () => {
      const rows = await deal();
      return rows[0]?.price === '65000' && rows;
    });
    expect(second!.id).toBe(first!.id);
    const events = await kit.events({ subjectId: first!.id });
    expect(events.map((e) => e.type)).toEqual(['deal.found', 'deal.repriced']);
    expect(events[1]!.data).toMatchObject({
      before: { priceMinor: 70_000, currency: 'USD' },
      after: { priceMinor: 65_000 },
    });
    const prices = await kit.rows(`select price_minor::int as price from route_price where deal_id = $1 order by id`, [
      first!.id,
    ]);
    expect(prices).toEqual([{ price: 70_000 }, { price: 65_000 }]);
  });

  it('that fails is left alone longer each time, as its server asks, and recovers', async () => {
    let status = 503;
    const asked: number[] = [];
    const url = await serve((_, response) => {
      asked.push(Date.now());
      response.writeHead(status, status === 429 ? { 'retry-after': '120' } : {}).end(status === 200 ? rss() : '');
    });
    const source = await follow(url);
    await until(async () => (await statusOf(source)).status === 'failing');
    expect((await statusOf(source)).lastError).toContain('has a fault (status 503)');
    status = 429;
    const pause = await until(async () => {
      const [state] = await kit.rows<{ seconds: number; failures: number }>(
        'select extract(epoch from next_run_at - now())::float8 as seconds, failures from source_state where source_id = $1',
        [source.id],
      );
      return state!.failures >= 2 && state!.seconds > 100 && state;
    });
    expect(pause.seconds).toBeLessThanOrEqual(120);
    status = 200;
    await due(source);
    await until(async () => (await statusOf(source)).status === 'active');
    expect((await kit.events({ subjectId: source.id })).map((e) => e.type)).toEqual([
      'source.created',
      'source.failed',
      'source.updated',
      'source.recovered',
    ]);
  });

  it.each([
    [
      'declares entities',
      '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rss><channel><title>&b;</title></channel></rss>',
      'declares entities of its own',
    ],
    ['is a page', '<html><body>Welcome</body></html>', 'neither an RSS nor an Atom feed'],
    ['is no XML', '<rss><channel>', 'no feed'],
    ['is nested without end', '<rss>'.repeat(50_000), 'no feed'],
    ['is too large', Buffer.alloc(6_000_000, 0x20), 'larger than 5120 kB'],
  ])('that %s is refused in plain words', async (_, body, words) => {
    const url = await serve((_request, response) => void response.end(body));
    const source = await follow(url);
    const failing = await until(async () => {
      const now = await statusOf(source);
      return now.status === 'failing' && now;
    });
    expect(failing.lastError).toContain(words);
    expect(await kit.call('POST', `sources/${source.id}/test`)).toEqual({
      ok: false,
      message: expect.stringContaining(words),
    });
  });

  it('whose address changes while another process reads it is not taken for the one before', async () => {
    const tagged: RequestListener = (_, response) => void response.writeHead(200, { etag: '"old"' }).end(rss());
    const [before, after] = [await serve(tagged), await serve(tagged)];
    const source = await follow(before);
    await checked(source, 0);
    await kit.call('POST', `sources/${source.id}/pause`);
    await kit.call('PATCH', `sources/${source.id}`, { settings: { url: after } });
    const text = 'select generation, etag, next_run_at, failing_since from source_state where source_id = $1';
    const [state] = await kit.rows<{ generation: number; etag: string | null }>(text, [source.id]);
    expect(state).toMatchObject({ generation: 1, etag: null });
    const late = { ...source, generation: 0, settings: { url: before, intervalMinutes: 60 } } as unknown as HeldSource;
    await kit.app.get(FeedReader).poll(late, new AbortController().signal);
    expect((await kit.rows(text, [source.id]))[0]).toEqual(state);
    await kit.app.get(FeedReader).poll({ ...late, generation: 1 }, new AbortController().signal);
    expect((await kit.rows(text, [source.id]))[0]).toMatchObject({ etag: '"old"' });
  });

  it('inside our own network is refused', async () => {
    const source = await follow('http://127.0.0.2/feed');
    expect(await kit.call('POST', `sources/${source.id}/test`)).toEqual({
      ok: false,
      message: expect.stringContaining('private or reserved'),
    });
  });
});
