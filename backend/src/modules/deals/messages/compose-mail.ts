import { createHash } from 'node:crypto';

/** What becomes a message although it never was a mail: a feed's item, a pasted text. */
export interface Composed {
  subject: string;
  from: string;
  date: Date;
  /** Two of the same identity are one message. */
  identity: string;
  body: string;
  kind: 'plain' | 'html';
}

/** Writes it as a raw RFC 5322 message, so that everything has one form and one way. */
export function composeMail({ subject, from, date, identity, body, kind }: Composed): Buffer {
  const id = createHash('sha256').update(identity, 'utf8').digest('hex').slice(0, 40);
  const lines = [
    `From: ${encoded(from)} <source@signalbox.invalid>`,
    `Subject: ${encoded(subject)}`,
    `Date: ${date.toUTCString()}`,
    `Message-ID: <${id}@signalbox.invalid>`,
    'MIME-Version: 1.0',
    `Content-Type: text/${kind}; charset=utf-8`,
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(body.toWellFormed(), 'utf8')
      .toString('base64')
      .replace(/(.{76})/g, '$1\r\n'),
    '',
  ];
  return Buffer.from(lines.join('\r\n'), 'ascii');
}

/** A header value as encoded words of at most 45 bytes each (RFC 2047), which also keeps line ends out of headers. */
function encoded(text: string): string {
  const words: string[] = [];
  let piece = '';
  for (const character of text
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .slice(0, 1000)) {
    if (Buffer.byteLength(piece + character) > 45) {
      words.push(piece);
      piece = '';
    }
    piece += character;
  }
  if (piece) words.push(piece);
  return words.map((word) => `=?utf-8?B?${Buffer.from(word, 'utf8').toString('base64')}?=`).join('\r\n ');
}
