import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readBounce } from './read-bounce.js';
import { readComplaint } from './read-complaint.js';
import { tokensIn } from './tokens-in.js';

const TOKEN = 'a2b3c4d5e6f7'.repeat(3) + 'ghijklmno';

/** As RFC 5965, appendix B, has it. */
function report(fields: string, original = `X-Signalbox-Return: ${TOKEN}`, encoding = '7bit'): Buffer {
  const body = encoding === 'base64' ? Buffer.from(fields).toString('base64') : fields;
  return Buffer.from(
    `From: <feedback@provider.example>
Subject: FW: A deal for you
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report;
     boundary="part1_13d.2e68ed54_boundary"

--part1_13d.2e68ed54_boundary
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--part1_13d.2e68ed54_boundary
Content-Type: message/feedback-report
Content-Transfer-Encoding: ${encoding}

${body}
--part1_13d.2e68ed54_boundary
Content-Type: message/rfc822

From: <signals@example.com>
${original}
Subject: A deal for you

Feedback-Type: virus
--part1_13d.2e68ed54_boundary--
`.replaceAll('\n', '\r\n'),
  );
}

const ABUSE = `Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <bounces+${TOKEN}@bounce.example.com>
Original-Rcpt-To: <Ada@example.org>
Removal-Recipient: list@example.org
Removal-Recipient: ada@example.org
`;

describe('complaints', () => {
  it.each(['7bit', 'base64'])('are read from a report in %s', (encoding) => {
    const raw = report(ABUSE, undefined, encoding);
    expect(readComplaint(raw)).toEqual({
      type: 'abuse',
      agent: 'SomeGenerator/1.0',
      // Of several fields of one name, the last.
      recipients: ['Ada@example.org', 'ada@example.org'],
    });
    expect(readBounce(raw)).toBeUndefined();
    expect(tokensIn(raw)).toEqual([TOKEN]);
  });

  it.each(['not-spam', 'virus', 'auth-failure', 'other', '', 'abuse x'])('are not: %j', (type) => {
    expect(readComplaint(report(`Feedback-Type: ${type}\nVersion: 1\n`))).toBeUndefined();
  });

  it('are no other mail, such as the words of somebody who quotes one', () => {
    expect(readComplaint(Buffer.from(`Subject: x\r\n\r\n${ABUSE}`))).toBeUndefined();
    expect(readComplaint(Buffer.alloc(0))).toBeUndefined();
  });

  it('never throw, whatever is sent', () => {
    const bits = fc.constantFrom(
      ...report(ABUSE)
        .toString('latin1')
        .split(/(?<=\n)/),
      '--b\n',
      '\0',
      '=\n',
      'ÿ',
      ':',
    );
    const made = fc.array(fc.oneof(bits, fc.string(), fc.string({ unit: 'binary' })), { maxLength: 60 });
    fc.assert(
      fc.property(made, (pieces) => {
        const raw = Buffer.from(pieces.join(''));
        const complaint = readComplaint(raw);
        expect(complaint?.recipients.length ?? 0).toBeLessThanOrEqual(20);
        expect(complaint?.agent ?? '').not.toMatch(/[\r\n]/);
        expect(tokensIn(raw).length).toBeLessThanOrEqual(20);
      }),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 4000 }), (bytes) => void readComplaint(Buffer.from(bytes))));
  });

  it.each([
    ['endless letters', 'a'.repeat(9_000_000)],
    ['endless tokens', `${TOKEN} `.repeat(200_000)],
    [
      'endless fields',
      `Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\n${'x:'.repeat(4_000_000)}`,
    ],
    ['endless parts', `Content-Type: multipart/report; boundary=b\n\n${'--b\n'.repeat(1_000_000)}`],
  ])('are looked at for a moment only: %s', (_, text) => {
    const raw = Buffer.from(text);
    const before = process.cpuUsage();
    readComplaint(raw);
    tokensIn(raw);
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  });
});
