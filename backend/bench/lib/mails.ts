// The mails that a benchmark sends: of a folder, an mbox or a file, or the project's own fixtures.
import 'reflect-metadata';
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { splitMbox } from '#modules/deals/index.js';

const FIXTURES = 'backend/src/modules/deals/parser/fixtures';
/** What the receiving port takes. */
const MOST_BYTES = 25 * 1024 * 1024;
/** The line that begins a message of an mbox (RFC 4155). */
const MBOX = /^From \S/;

/** A fixture: a mail's subject and text, or a post's title and body. */
type Fixture = { subject?: string; title?: string; text?: string; body?: string };

/**
 * Reads mails.
 *
 * @param path a folder (every file in it and below is a mail or an mbox), an mbox, or one mail; the fixtures when absent
 * @param count so many: the first of them, or all again as other messages when there are fewer; each once when absent
 * @throws Error when there is none
 */
export async function readMails(path: string | undefined, count: number | undefined): Promise<Buffer[]> {
  const mails = path === undefined ? fixtures() : await filed(path);
  if (mails.length === 0) throw new Error(`There is no mail in ${path}.`);
  return Array.from({ length: count ?? mails.length }, (_, i) => {
    const round = Math.floor(i / mails.length);
    const mail = mails[i % mails.length]!;
    return round === 0 ? mail : again(mail, i);
  });
}

function fixtures(): Buffer[] {
  const read = (name: string) => readFileSync(join(FIXTURES, name), 'utf8');
  const lines = read('blind.jsonl').split('\n').filter(Boolean);
  const all = [
    ...(JSON.parse(read('mails.json')) as Fixture[]),
    ...(JSON.parse(read('posts.json')) as Fixture[]),
    ...lines.map((line) => JSON.parse(line) as Fixture),
  ];
  return all.map((fixture, i) => {
    const { subject = fixture.title ?? '', text = fixture.body ?? '' } = fixture;
    const head = [
      'From: Deals <deals@example.com>',
      `Message-ID: <fixture-${i}@example.com>`,
      `Subject: =?utf-8?B?${Buffer.from(subject).toString('base64')}?=`,
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: base64',
    ];
    const body = Buffer.from(text).toString('base64').replaceAll(/.{76}/g, '$&\r\n');
    return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}\r\n`);
  });
}

async function filed(path: string): Promise<Buffer[]> {
  const files = statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort()
    : [path];
  const mails: Buffer[] = [];
  for (const file of files) {
    const stream = createReadStream(file);
    if (!MBOX.test(await beginning(file))) mails.push(readFileSync(file));
    else for await (const part of splitMbox(stream, MOST_BYTES)) if ('raw' in part) mails.push(part.raw);
    stream.destroy();
  }
  return mails.filter(({ length }) => length > 0 && length <= MOST_BYTES);
}

async function beginning(file: string): Promise<string> {
  for await (const chunk of createReadStream(file, { end: 99 })) return (chunk as Buffer).toString('latin1');
  return '';
}

/** The same mail as another message: with a Message-ID of its own, and a remark on its date. A known one would not be read. */
function again(mail: Buffer, number: number): Buffer {
  const text = mail.toString('latin1');
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const date = /^date:[ \t]*(.*)/im.exec(text.slice(0, end))?.[1] ?? new Date().toUTCString();
  const head = text.slice(0, end).replaceAll(/^(?:message-id|date):.*(?:\r?\n[ \t].*)*\r?\n?/gim, '');
  const own = `Message-ID: <again-${number}@example.com>\r\nDate: ${date} (again ${number})\r\n`;
  return Buffer.from(own + head + text.slice(end), 'latin1');
}
