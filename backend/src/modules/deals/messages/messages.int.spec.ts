import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { Storage } from '#platform/storage/index.js';
import type { DealView } from '../deals/deals.schemas.js';
import type { ParsedDeal } from '../parser/index.js';
import { dealMail, dealsKit, until, type DealsKit } from '#test/deals-kit.js';
import type { SourceView } from '../sources/sources.schemas.js';
import type { MessageView, UploadResult } from './messages.schemas.js';
import { MimeThreads } from './mime/mime-threads.js';

jest.setTimeout(60_000);
let kit: DealsKit;
let source: SourceView;
let uploads: SourceView;

beforeAll(async () => {
  kit = await dealsKit({ SIGNALBOX_PARSE_TIMEOUT_MS: '3000' });
  [source, uploads] = await Promise.all([
    kit.source({ kind: 'smtp', name: 'A' }),
    kit.source({ kind: 'upload', name: 'Files' }),
  ]);
});
afterAll(() => kit?.close());

async function received(raw: string | Buffer): Promise<MessageView> {
  const id = /Kept as (\S+)/.exec(await kit.mail(source.address!, raw))![1]!;
  return settled(id);
}
const settled = (id: string) =>
  until(async () => {
    const message = await kit.call<MessageView>('GET', `messages/${id}`);
    return message.state !== 'received' && message;
  });
const typesOf = async (subjectId: string) => (await kit.events({ subjectId })).map((e) => e.type);
async function readAgain(id: string): Promise<MessageView> {
  const { version } = await kit.call<MessageView>('GET', `messages/${id}`);
  await kit.call('POST', `messages/${id}/parses`, undefined, 202);
  return until(async () => {
    const now = await kit.call<MessageView>('GET', `messages/${id}`);
    return now.version > version && now;
  });
}

/** Makes the next readings of any message give these deals, as an improved parser would. */
function parserFinds(change: (deals: ParsedDeal[]) => ParsedDeal[]): { restore(): void } {
  const threads = kit.app.get(MimeThreads);
  const read = threads.read.bind(threads);
  const spy = jest.spyOn(threads, 'read').mockImplementation(async (message) => {
    const reading = await read(message);
    return { ...reading, deals: change(reading.deals) };
  });
  return { restore: () => spy.mockRestore() };
}

describe('reading a message again', () => {
  it('changes nothing and tells nobody when it finds the same', async () => {
    const message = await received(dealMail('Denver to Madrid from $410 round trip'));
    const again = await readAgain(message.id);
    expect(again.deals.map((d) => d.id)).toEqual(message.deals.map((d) => d.id));
    expect(await typesOf(message.deals[0]!.id)).toEqual(['deal.found']);
    expect(await typesOf(message.id)).toEqual([
      'message.received',
      'message.parsed',
      'message.parse_requested',
      'message.parsed',
    ]);
  });

  it('corrects a price under the same id, without a second deal.found', async () => {
    const message = await received(dealMail('Denver to Vienna from $420 round trip'));
    const id = message.deals[0]!.id;
    const better = parserFinds((deals) =>
      deals.map((d) => ({ ...d, price: { ...d.price, amount: 42_999 }, airlines: ['Lufthansa'] })),
    );
    const again = await readAgain(message.id);
    better.restore();
    expect(again.deals.map((d) => d.id)).toEqual([id]);
    expect(await kit.call<DealView>('GET', `deals/${id}`)).toMatchObject({
      priceMinor: 42_999,
      airlines: ['Lufthansa'],
    });
    const events = await kit.events({ subjectId: id });
    expect(events.map((e) => e.type)).toEqual(['deal.found', 'deal.corrected']);
    expect(events[1]!.data).toMatchObject({
      before: { priceMinor: 42_000, airlines: [] },
      after: { priceMinor: 42_999 },
    });
    expect(await kit.rows('select price_minor::int as p from route_price where deal_id = $1', [id])).toEqual([
      { p: 42_999 },
    ]);
  });

  it('withdraws what is no longer offered, and brings it back under its id, never found twice', async () => {
    const message = await received(dealMail('Denver to Prague from $430 round trip'));
    const id = message.deals[0]!.id;
    const blind = parserFinds(() => []);
    expect((await readAgain(message.id)).state).toBe('no_deal');
    blind.restore();
    await kit.call('GET', `deals/${id}`, undefined, 404);
    expect((await readAgain(message.id)).deals.map((d) => d.id)).toEqual([id]);
    expect(await typesOf(id)).toEqual(['deal.found', 'deal.withdrawn', 'deal.corrected']);
  });

  it('keeps a deal that another message shows too', async () => {
    const first = await received(dealMail('Denver to Athens from $440 round trip'));
    const second = await received(dealMail('Denver to Athens from $440 round trip', 'seen elsewhere'));
    const id = first.deals[0]!.id;
    expect(second.deals.map((d) => d.id)).toEqual([id]);
    expect((await kit.call<DealView>('GET', `deals/${id}`)).sightings).toHaveLength(2);
    await kit.call('DELETE', `messages/${first.id}`);
    const deal = await kit.call<DealView>('GET', `deals/${id}`);
    expect([deal.messageId, deal.sightings.length]).toEqual([second.id, 1]);
    await kit.call('DELETE', `messages/${second.id}`);
    await kit.call('GET', `deals/${id}`, undefined, 404);
    expect(await typesOf(id)).toEqual(['deal.found', 'deal.withdrawn']);
    expect(await typesOf(first.id)).toContain('message.deleted');
  });

  it('walks many messages in the background', async () => {
    const message = await received(dealMail('Denver to Zurich from $450 round trip'));
    await kit.rows('update message set parser_version = 0 where id = $1', [message.id]);
    await kit.call('POST', 'message-parses', { outdated: true }, 202);
    await until(
      async () => (await kit.rows('select from message where id = $1 and parser_version > 0', [message.id])).length,
    );
    expect(await typesOf(message.deals[0]!.id)).toEqual(['deal.found']);
  });

  it('finds one deal when many messages offer it at once', async () => {
    const mails = Array.from({ length: 8 }, (_, i) => dealMail('Denver to Warsaw from $460 round trip', `copy ${i}`));
    const messages = await Promise.all(mails.map(received));
    const ids = new Set(messages.flatMap((m) => m.deals.map((d) => d.id)));
    expect(ids.size).toBe(1);
    expect(await typesOf([...ids][0]!)).toEqual(['deal.found']);
    expect((await kit.call<DealView>('GET', `deals/${[...ids][0]}`)).sightings).toHaveLength(8);
  });
});

describe('hostile mail', () => {
  const nested = (depth: number) => {
    let body = 'Content-Type: text/plain\r\n\r\ndeep';
    for (let i = 0; i < depth; i++)
      body = `Content-Type: multipart/mixed; boundary="b${i}"\r\n\r\n--b${i}\r\n${body}\r\n--b${i}--`;
    return body;
  };
  const wide = (parts: number) =>
    `Content-Type: multipart/mixed; boundary="b"\r\n\r\n${'--b\r\nContent-Type: text/plain\r\n\r\nx\r\n'.repeat(parts)}--b--`;
  const attached = gzipSync(Buffer.alloc(50_000_000))
    .toString('base64')
    .replace(/(.{76})/g, '$1\r\n');

  it.each([
    ['10,000 parts within each other', `Subject: nested\r\n${nested(10_000)}`, ['failed', 'no_deal']],
    ['10,000 parts side by side', `Subject: wide\r\n${wide(10_000)}`, ['failed', 'no_deal']],
    [
      'broken base64',
      'Subject: broken\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!=not*base64===\r\n',
      ['no_deal'],
    ],
    [
      'an unknown charset',
      'Subject: =?x-unknown?B?aGVsbG8=?=\r\nContent-Type: text/plain; charset=x-klingon\r\n\r\nhello\r\n',
      ['no_deal'],
    ],
    ['null bytes', `Subject: nu\0ll\r\n\r\nNew\0York to \0Lisbon\r\n`, ['no_deal', 'parsed']],
    [
      'lone surrogates',
      `Subject: =?utf-16le?B?${Buffer.from([0x00, 0xd8, 0x41, 0x00]).toString('base64')}?=\r\nContent-Type: text/plain; charset=utf-16le\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from([0x00, 0xd8, 0x41, 0x00]).toString('base64')}\r\n`,
      ['no_deal'],
    ],
    ['no header at all', '\r\n\r\n\r\n', ['no_deal']],
    [
      'bytes of no encoding',
      Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256)),
      ['no_deal', 'failed'],
    ],
    [
      'a zip bomb',
      `Subject: bomb\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: application/gzip\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=b.gz\r\n\r\n${attached}\r\n--b--`,
      ['no_deal'],
    ],
  ])('%s is kept and cannot stall the parser', async (_, raw, states) => {
    const message = await received(raw);
    expect(states).toContain(message.state);
    if (message.state === 'failed') expect(message.error).toMatch(/cannot be read|given up/);
    const stored = await kit.request('GET', kit.team.url(`messages/${message.id}/raw`), { headers: kit.owner.headers });
    expect(stored.rawPayload.length).toBe(message.size);
  });

  it('is not expanded when attached, only listed', async () => {
    const message = await received(
      `Subject: two\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: application/gzip\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=b.gz\r\n\r\n${attached}\r\n--b--`,
    );
    expect(message.attachments).toEqual([
      { name: 'b.gz', contentType: 'application/gzip', size: expect.any(Number), inline: false },
    ]);
    expect(message.attachments[0]!.size).toBeLessThan(100_000);
  });

  it('that cannot be read in time is given up with a sentence, and later mail is read', async () => {
    const threads = kit.app.get(MimeThreads) as unknown as { incoming: { run(input: unknown): Promise<unknown> } };
    const slow = jest.spyOn(threads.incoming, 'run').mockImplementation(async () => {
      const { ThreadTimeout } = await import('#platform/threads/index.js');
      throw new ThreadTimeout('It took longer than 3000 ms.');
    });
    const id = /Kept as (\S+)/.exec(await kit.mail(source.address!, dealMail('Slow')))![1]!;
    await until(async () => (await kit.rows(`select from message where id = $1 and state = 'failed'`, [id])).length);
    slow.mockRestore();
    expect((await kit.call<MessageView>('GET', `messages/${id}`)).error).toContain('It took longer than 3000 ms');
    expect((await kit.events({ subjectId: id, type: 'message.parsed' }))[0]!.data).toMatchObject({ state: 'failed' });
    expect((await received(dealMail('Denver to Oslo from $470 round trip'))).state).toBe('parsed');
  });

  it('whose bytes are lost says so', async () => {
    const message = await received(dealMail('Lost'));
    const [row] = await kit.rows<{ storage_key: string }>('select storage_key from message where id = $1', [
      message.id,
    ]);
    await kit.app.get(Storage).delete(row!.storage_key);
    expect((await readAgain(message.id)).error).toBe("The message's stored bytes are missing.");
    expect((await kit.call<MessageView>('GET', `messages/${message.id}`)).unreadable).toContain('missing');
  });
});

describe('a message that is shown', () => {
  it('holds no script, no form, nothing remote; pictures of its own are inlined', async () => {
    const html =
      '<script>alert(1)</script><style>@import url(https://x.example/a.css)</style><p onclick="x()" style="color:red;background:url(https://x.example/p)">Hi</p>' +
      '<a href="javascript:alert(1)">bad</a><a href="https://ok.example/">good</a><form action="https://x.example"><input></form>' +
      '<img src="https://x.example/pixel.gif" alt="pixel"><img src="cid:own"><img src="cid:svg"><iframe src="https://x.example"></iframe><svg onload=alert(1)></svg>';
    const part = (type: string, id: string, body: string) =>
      `--b\r\nContent-Type: ${type}\r\nContent-ID: <${id}>\r\nContent-Transfer-Encoding: base64\r\n\r\n${body}\r\n`;
    const raw = `Subject: shown\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n${html}\r\n${part('image/png', 'own', 'iVBORw0KGgo=')}${part('image/svg+xml', 'svg', 'PHN2Zy8+')}--b--`;
    const { html: shown } = await received(raw);
    expect(shown).toContain('src="data:image/png;base64,iVBORw0KGgo="');
    expect(shown).toContain('href="https://ok.example/"');
    expect(shown).toContain('rel="noopener noreferrer nofollow"');
    expect(shown).toContain('color:red');
    for (const bad of [
      'script',
      'x.example',
      'javascript:',
      'onclick',
      'onload',
      '<form',
      '<input',
      '<iframe',
      '<svg',
      'svg+xml',
      '@import',
    ])
      expect(shown).not.toContain(bad);
  });
});

describe('uploads', () => {
  const form = (files: Record<string, string | Buffer>) => {
    const parts = Object.entries(files).map(([name, bytes]) =>
      Buffer.concat([
        Buffer.from(
          `--x\r\nContent-Disposition: form-data; name="files"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
        ),
        Buffer.from(bytes),
        Buffer.from('\r\n'),
      ]),
    );
    return Buffer.concat([...parts, Buffer.from('--x--\r\n')]);
  };
  const upload = async (files: Record<string, string | Buffer>, to = uploads) =>
    kit.request('POST', kit.team.url(`sources/${to.id}/uploads`), {
      headers: { ...kit.owner.headers, 'content-type': 'multipart/form-data; boundary=x' },
      payload: form(files),
    });

  it('take mail files, mailbox files and pasted text, each message once', async () => {
    const mails = ['one', 'two', 'three'].map((name) =>
      dealMail(`Uploaded ${name}`, `first line\n>From quoted\n${name}`).replaceAll('\r\n', '\n'),
    );
    const mbox = mails.map((mail) => `From a@b.example Fri Nov 20 10:00:00 2026\n${mail}\n`).join('');
    const answer = await upload({ 'a.eml': mails[0]!, 'all.mbox': mbox, 'photo.jpg': Buffer.from([0xff, 0xd8, 0xff]) });
    expect(answer.statusCode).toBe(201);
    expect(answer.json<UploadResult>()).toMatchObject({ received: 3, refused: [{ name: 'photo.jpg' }] });
    const pasted = await kit.call<UploadResult>(
      'POST',
      `sources/${uploads.id}/messages`,
      { subject: 'Denver to Bergen from $480 round trip', text: 'Book soon' },
      201,
    );
    expect((await settled(pasted.messages[0]!.id)).state).toBe('parsed');
    const again = await kit.call<UploadResult>(
      'POST',
      `sources/${uploads.id}/messages`,
      { subject: 'Denver to Bergen from $480 round trip', text: 'Book soon' },
      201,
    );
    expect(again).toMatchObject({ received: 0, duplicates: 1 });
  });

  it('go to sources for uploads only, and need a file', async () => {
    expect((await upload({ 'a.eml': dealMail('x') }, source)).statusCode).toBe(409);
    expect((await upload({})).statusCode).toBe(400);
    await kit.call('POST', `sources/${uploads.id}/messages`, { text: '' }, 400);
  });
});
