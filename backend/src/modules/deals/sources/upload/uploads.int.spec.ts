import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Storage } from '#platform/storage/index.js';
import { dealMail, dealsKit, type DealsKit } from '#test/deals-kit.js';
import type { UploadResult } from '../../messages/messages.schemas.js';
import type { SourceView } from '../sources.schemas.js';

jest.setTimeout(60_000);
const MEGABYTE = 1024 * 1024;
let kit: DealsKit;
let source: SourceView;
let origin: string;

beforeAll(async () => {
  kit = await dealsKit({ SIGNALBOX_UPLOAD_MB: '1' });
  await kit.app.listen(0, '127.0.0.1');
  origin = `http://127.0.0.1:${(kit.app.getHttpServer().address() as AddressInfo).port}`;
});
afterEach(() => void jest.restoreAllMocks());
afterAll(() => kit?.close());

const mbox = (...mails: string[]) =>
  mails.map((mail) => `From a@b.example Fri Nov 20 10:00:00 2026\n${mail}\n`).join('');
const mails = (count: number, size: number) =>
  Array.from({ length: count }, (_, i) => dealMail(`Number ${i}`, `${'x'.repeat(70)}\n`.repeat(size / 71)));

function part(name: string | undefined, bytes: string): string {
  const filename = name === undefined ? '' : `; filename="${name}"`;
  return `--x\r\nContent-Disposition: form-data; name="files"${filename}\r\nContent-Type: application/octet-stream\r\n\r\n${bytes}\r\n`;
}
const form = (files: [string | undefined, string][]) =>
  `${files.map(([name, bytes]) => part(name, bytes)).join('')}--x--\r\n`;

/** Uploads to a source of its own; `chunked` sends no Content-Length. */
async function upload(body: string, chunked = false) {
  source = await kit.source({ kind: 'upload', name: 'Files' });
  return send(body, chunked);
}
async function send(body: string, chunked = false) {
  const answer = await fetch(`${origin}${kit.team.url(`sources/${source.id}/uploads`)}`, {
    method: 'POST',
    headers: { ...kit.owner.headers, 'content-type': 'multipart/form-data; boundary=x' },
    body: chunked ? new Blob([body]).stream() : body,
    ...(chunked ? { duplex: 'half' } : {}),
  } as RequestInit);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function kept(): Promise<{ messages: number; events: number }> {
  const rows = await kit.rows<{ id: string }>('select id from message where source_id = $1', [source.id]);
  const events = await kit.events({ type: 'message.received' });
  return { messages: rows.length, events: events.filter((e) => e.data['sourceId'] === source.id).length };
}

describe('an upload', () => {
  it.each([
    ['with a length', false],
    ['without a length', true],
  ])('%s of a mailbox over the limit keeps nothing, and says which file and how much may be', async (_, chunked) => {
    const large = mbox(...mails(30, 50_000));
    expect(large.length).toBeGreaterThan(MEGABYTE);
    const answer = await upload(
      form([
        ['small.eml', dealMail('Small')],
        ['all.mbox', large],
      ]),
      chunked,
    );
    expect(answer).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
    expect(answer.body['detail']).toBe(
      'The file "all.mbox" is larger than 1 MB, the most that this instance accepts. Nothing of this upload was kept.',
    );
    expect(await kept()).toEqual({ messages: 0, events: 0 });
  });

  it('of many files, each within the limit, is kept message by message', async () => {
    const [one, two] = [mails(15, 50_000), mails(15, 50_000).map((mail) => mail.replace('Number', 'Other'))];
    const answer = await upload(
      form([
        ['1.mbox', mbox(...one)],
        ['2.mbox', mbox(...two)],
        [undefined, 'no mail'],
      ]),
    );
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ received: 30, duplicates: 0, refused: [{ name: 'unnamed' }] });
    expect(await kept()).toEqual({ messages: 30, events: 30 });
  });

  it('that breaks off keeps nothing', async () => {
    const whole = form([
      ['a.eml', dealMail('First')],
      ['b.eml', dealMail('Second')],
    ]);
    const answer = await upload(whole.slice(0, -30));
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(await kept()).toEqual({ messages: 0, events: 0 });
  });

  it('that cannot be kept to its end says how much was kept; sent again it is whole', async () => {
    const storage = kit.app.get(Storage);
    const put = storage.put.bind(storage);
    let puts = 0;
    jest.spyOn(storage, 'put').mockImplementation(async (...args) => {
      if (++puts > 3) throw new Error('There is no space left on the device.');
      return put(...args);
    });
    const body = form([['all.mbox', mbox(...mails(5, 1000))]]);
    const answer = await upload(body);
    expect(answer).toMatchObject({ status: 503, body: { code: 'upload_interrupted', received: 3, duplicates: 0 } });
    expect(answer.body['detail']).toMatch(/^3 messages were kept/);
    expect(await kept()).toEqual({ messages: 3, events: 3 });
    jest.restoreAllMocks();
    const again = await send(body);
    expect(again.body as unknown as UploadResult).toMatchObject({ received: 2, duplicates: 3 });
    expect(await kept()).toEqual({ messages: 5, events: 5 });
  });

  it('whose length says that it is too large is refused before it is sent', async () => {
    source = await kit.source({ kind: 'upload', name: 'Files' });
    const { port } = new URL(origin);
    const socket = connect(Number(port), '127.0.0.1');
    const head = [
      `POST ${kit.team.url(`sources/${source.id}/uploads`)} HTTP/1.1`,
      'Host: signalbox',
      `Authorization: ${kit.owner.headers.authorization}`,
      'Content-Type: multipart/form-data; boundary=x',
      `Content-Length: ${600 * MEGABYTE}`,
    ];
    const answer = await new Promise<string>((resolve) => {
      socket.once('data', (bytes) => resolve(bytes.toString()));
      socket.write(`${head.join('\r\n')}\r\n\r\n`);
    });
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(await kept()).toEqual({ messages: 0, events: 0 });
  });
});
