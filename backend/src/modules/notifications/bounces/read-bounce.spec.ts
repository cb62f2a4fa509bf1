import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readBounce } from './read-bounce.js';
import { verdictOn } from './verdict.js';

const mail = (head: Record<string, string>, body: string) =>
  Buffer.from(
    `${Object.entries(head)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n')}\n\n${body}`.replaceAll('\n', '\r\n'),
  );

/** As Postfix, Exchange and most others write it (RFC 3464). */
function report(fields: string, more: { type?: string; encoding?: string } = {}): Buffer {
  const encoded = more.encoding === 'base64' ? Buffer.from(fields).toString('base64') : fields;
  const transfer = more.encoding ? `Content-Transfer-Encoding: ${more.encoding}\n` : '';
  return mail(
    {
      From: 'MAILER-DAEMON@mx.example (Mail Delivery System)',
      Subject: 'Undelivered Mail Returned to Sender',
      'Content-Type': 'multipart/report; report-type=delivery-status;\n\tboundary="B7.1/mx"',
    },
    `This is a MIME message.\n\n--B7.1/mx\nContent-Type: text/plain\n\nI'm sorry. 5.9.9 <liar@example.net>\n\n--B7.1/mx\nContent-Type: ${more.type ?? 'message/delivery-status'}\n${transfer}\n${encoded}\n--B7.1/mx\nContent-Type: message/rfc822\n\nFrom: us@example.com\nSubject: Final-Recipient: rfc822; forged@example.com\n\nHello\n--B7.1/mx--\n`,
  );
}

const POSTFIX = `Reporting-MTA: dns; mx.example
X-Postfix-Queue-ID: 4XqT
Arrival-Date: Sat, 21 Nov 2026 10:00:00 +0000 (UTC)

Final-Recipient: rfc822; ada@example.org
Original-Recipient: rfc822;ada@old.example.org
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; 550 5.1.1 <ada@example.org>: Recipient address
    rejected: User unknown in virtual mailbox table
`;

const QMAIL = mail(
  { From: 'MAILER-DAEMON@qmail.example', Subject: 'failure notice' },
  `Hi. This is the qmail-send program at qmail.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ada@example.org>:
192.0.2.7 does not like recipient.
Remote host said: 550 No such user here
Giving up on 192.0.2.7.

--- Below this line is a copy of the message.

From: us@example.com
<eve@example.net>: 550 5.1.1 no such user
`,
);

const EXIM = mail(
  {
    'X-Failed-Recipients': 'ada@example.org',
    'Auto-Submitted': 'auto-replied',
    From: 'Mail Delivery System <Mailer-Daemon@exim.example>',
    Subject: 'Mail delivery failed: returning message to sender',
  },
  `This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ada@example.org
    host mx.example.org [192.0.2.7]
    SMTP error from remote mail server after RCPT TO:<ada@example.org>:
    550 5.1.1 The email account that you tried to reach does not exist.
`,
);

describe('mail that came back', () => {
  it('is read from a report, whatever its other parts say', () => {
    expect(readBounce(report(POSTFIX))).toEqual([
      {
        recipients: ['ada@old.example.org', 'ada@example.org'],
        action: 'failed',
        status: '5.1.1',
        detail: '550 5.1.1 <ada@example.org>: Recipient address rejected: User unknown in virtual mailbox table',
      },
    ]);
  });

  it.each([
    ['in base64', report(POSTFIX, { encoding: 'base64' })],
    ['of an international address', report(POSTFIX, { type: 'message/global-delivery-status' })],
    ['with the type in other letters', report(POSTFIX, { type: 'Message/Delivery-Status' })],
    ['of qmail', QMAIL],
    ['of Exim', EXIM],
  ])('is read from a report %s', (_, raw) => {
    const [found] = readBounce(raw) ?? [];
    expect(found?.recipients.at(-1)).toBe('ada@example.org');
    expect(verdictOn(found!)).toBe('hard');
  });

  it('is read for each of several recipients', () => {
    const two = `${POSTFIX}\nFinal-Recipient: rfc822; bob@example.org\nAction: delayed\nStatus: 4.4.1\n`;
    const found = readBounce(report(two)) ?? [];
    expect(found.map(verdictOn)).toEqual(['hard', 'none']);
  });

  it.each([
    ['5.1.1', '', 'hard'],
    ['5.1.10', '', 'hard'],
    ['5.2.1', 'mailbox disabled', 'hard'],
    ['5.0.0', 'User unknown', 'hard'],
    ['5.2.2', 'mailbox full; user unknown', 'soft'],
    ['5.3.4', 'message too big', 'soft'],
    ['5.7.1', 'blocked as spam: recipient does not exist', 'soft'],
    ['4.4.7', 'gave up', 'soft'],
    ['2.0.0', 'delivered', 'none'],
  ])('is judged by its code and, where that is unclear, by its words: %s %s is %s', (status, detail, verdict) => {
    expect(verdictOn({ recipients: [], action: 'failed', status, detail })).toBe(verdict);
  });

  it.each([
    ['a delay', report(POSTFIX.replace('failed', 'delayed').replace('Status: 5.1.1', 'Status: 4.4.1'))],
    ['a delivery', report(POSTFIX.replace('failed', 'delivered').replace('Status: 5.1.1', 'Status: 2.0.0'))],
  ])('is not %s', (_, raw) => {
    expect((readBounce(raw) ?? []).map(verdictOn)).toEqual(['none']);
  });

  it.each([
    ['the answer of somebody who is away', { From: 'ada@example.org', 'Auto-Submitted': 'auto-replied' }],
    ['a letter about undelivered mail', { From: 'ada@example.org', Subject: 'Undelivered: 550 5.1.1' }],
  ])('is not %s', (_, head) => {
    expect(readBounce(mail({ Subject: 'Away', ...head }, 'I am away. 550 5.1.1 user unknown'))).toBeUndefined();
  });

  it('is not found in anything that is none, and nothing throws or hangs', () => {
    const pieces = fc.constantFrom(
      ...['--B7.1/mx', '\n', '\r\n', '\n\n', ': ', 'Content-Type: ', 'multipart/report; boundary=B7.1/mx', '=', '=3D'],
      ...[
        'message/delivery-status',
        'Final-Recipient: rfc822; ',
        'Action: failed',
        'Status: 5.1.1',
        'a@b.example',
        '<',
      ],
      ...[
        'From: mailer-daemon@x',
        'Subject: failure notice',
        '550 ',
        '\0',
        '\ud800',
        ' '.repeat(3000),
        '9.'.repeat(500),
      ],
      ...['Content-Transfer-Encoding: base64\n', '__proto__: x', 'X-Failed-Recipients: a@b.c', ';'.repeat(1000)],
    );
    const made = fc.array(fc.oneof(pieces, fc.string()), { maxLength: 60 }).map((all) => Buffer.from(all.join('')));
    const raws = fc.oneof(
      made,
      fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(raws, (raw) => {
        for (const { recipients, status, detail } of readBounce(raw) ?? []) {
          expect(recipients.length).toBeLessThanOrEqual(20);
          expect(status).toMatch(/^[245]\.\d{1,3}\.\d{1,3}$/);
          expect(detail.length <= 300 && detail.isWellFormed() && !/\p{Cc}/u.test(detail)).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    ['in one line', 'x, '.repeat(2000)],
    ['in many', 'x,\r\n '.repeat(450) + 'x, '.repeat(1500)],
  ])('is not looked for in the far end of an endless field, written %s', (_, filling) => {
    const near = mail({ 'X-Failed-Recipients': `near@example.org, ${filling}` }, '550 no such user');
    const far = mail({ 'X-Failed-Recipients': `${filling}far@example.org` }, '550 no such user');
    expect([near, far].map((raw) => readBounce(raw)?.[0]?.recipients)).toEqual([['near@example.org'], []]);
  });

  it.each([
    ['one endless line', 'a@'.repeat(5_000_000)],
    ['endless boundaries', `Content-Type: multipart/mixed; boundary=b\n\n${'--b\n'.repeat(2_000_000)}`],
    ['endless fields', `Content-Type: message/delivery-status\n\n${'Final-Recipient: x\n\n'.repeat(500_000)}`],
    [
      'parts within parts',
      Array.from({ length: 3000 }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`).join(''),
    ],
    ['endless white space', `From: mailer-daemon@x\nSubject: failure notice\n\n${' '.repeat(9_000_000)}550 x`],
  ])('is read in little work from a mail of %s', (_, text) => {
    const raw = Buffer.from(text);
    // What grew with the square of the size would hang here.
    expect(readBounce(raw)?.length ?? 0).toBeLessThanOrEqual(20);
  });
});
