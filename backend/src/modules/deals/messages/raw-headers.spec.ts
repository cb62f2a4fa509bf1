import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { runInNewContext } from 'node:vm';
import { composeMail } from './compose-mail.js';
import { decodeWords } from './encoded-words.js';
import { readEnvelope } from './raw-headers.js';
import { clipped, storable, storableJson } from './storable.js';

const mail = (head: string, body = 'body') => Buffer.from(`${head}\r\n\r\n${body}`);

describe('the envelope of a raw message', () => {
  it('reads folded and encoded headers', () => {
    const { subject, sender, sentAt } = readEnvelope(
      mail(
        'Subject: =?utf-8?Q?Z=C3=BCrich?=\r\n =?utf-8?B?IHRvIFBvcnRv?=\r\nFrom: "A" <a@b.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0100 (CET)',
      ),
    );
    expect([subject, sender, sentAt?.toISOString()]).toEqual([
      'Zürich to Porto',
      '"A" <a@b.example>',
      '2026-11-20T09:00:00.000Z',
    ]);
  });

  it('is the same for copies that differ in their way, line ends and blank lines at the end', () => {
    const [a, b] = [mail('Subject: x\r\nFrom: y'), Buffer.from('Received: z\nSubject: x\nFrom: y\n\nbody\n\n')].map(
      readEnvelope,
    );
    expect(a!.contentHash.equals(b!.contentHash)).toBe(true);
    expect(readEnvelope(mail('Subject: x\r\nFrom: y', 'Body')).contentHash.equals(a!.contentHash)).toBe(false);
  });

  it('takes no Message-ID that tells nothing', () => {
    for (const id of ['', '<>', '<1>', '   ']) expect(readEnvelope(mail(`Message-ID: ${id}`)).messageIdHash).toBeNull();
    const [bare, angled] = ['a@b.example', '<a@b.example>'].map(
      (id) => readEnvelope(mail(`Message-Id: ${id}`)).messageIdHash!,
    );
    expect(bare!.equals(angled!)).toBe(true);
  });

  it('gives a date neither from the future nor from before mail', () => {
    for (const date of ['Fri, 20 Nov 2099 10:00:00 GMT', 'Thu, 1 Jan 1970 00:00:00 GMT', 'yesterday'])
      expect(readEnvelope(mail(`Date: ${date}`)).sentAt).toBeNull();
  });

  it('is not held up by a date of nothing but opened comments', () => {
    const raw = mail(`Subject: x\r\nDate: ${'('.repeat(250_000)}`);
    // Stopped after five seconds: it is read where requests are answered. It once took more than a minute.
    const sentAt: unknown = runInNewContext('read()', { read: () => readEnvelope(raw).sentAt }, { timeout: 5000 });
    expect(sentAt).toBeNull();
    expect(readEnvelope(mail(`Date: Fri, 20 Nov 2026 10:00:00 +0100 (${'x'.repeat(1000)})`)).sentAt).toEqual(
      new Date('2026-11-20T09:00:00Z'),
    );
  });

  it('survives any bytes and gives only what can be stored', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.boolean(), (bytes, headed) => {
        const raw = Buffer.concat([Buffer.from(headed ? 'Subject: ' : ''), Buffer.from(bytes)]);
        const { subject, sender } = readEnvelope(raw);
        expect(`${subject}${sender}`).not.toContain('\0');
        expect(`${subject}${sender}`.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('encoded words', () => {
  it('stay as they are where their charset is unknown', () => {
    expect(decodeWords('=?x-unknown?B?aGVsbG8=?= there')).toBe('=?x-unknown?B?aGVsbG8=?= there');
  });
});

describe('a composed mail', () => {
  it('says what it was given, whatever that is, and adds no header', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.string({ unit: 'grapheme' }),
        (subject, identity) => {
          const raw = composeMail({
            subject: `${subject}\r\nBcc: x@y.example`,
            from: 'Feed',
            date: new Date(0),
            identity,
            body: 'b',
            kind: 'plain',
          });
          expect(raw.toString()).not.toMatch(/^bcc:/im);
          const wanted = `${subject} Bcc: x@y.example`
            .toWellFormed()
            .replace(/[\s\p{Cc}]+/gu, ' ')
            .trim();
          expect(readEnvelope(raw).subject.replace(/\s+/g, ' ')).toBe(wanted.replace(/\s+/g, ' ').slice(0, 1000));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is the same message for the same identity only', () => {
    const id = (identity: string) =>
      readEnvelope(composeMail({ subject: 's', from: 'f', date: new Date(), identity, body: 'b', kind: 'html' }))
        .messageIdHash!;
    expect(id('a').equals(id('a'))).toBe(true);
    expect(id('a').equals(id('b'))).toBe(false);
  });
});

describe('storable text', () => {
  it('has no null byte and no lone surrogate, at any depth', () => {
    expect(storable('a\0b\ud800c')).toBe('ab\ufffdc');
    expect(storableJson({ 'k\0': ['x\udfff', 1, null, { y: '\0' }] })).toEqual({ k: ['x\ufffd', 1, null, { y: '' }] });
    expect(clipped('ab😀', 3)).toBe('ab\ufffd');
  });
});
