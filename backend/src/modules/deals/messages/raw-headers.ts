import { createHash } from 'node:crypto';
import { decodeWords, headerText } from './encoded-words.js';
import { clipped } from './storable.js';

/** No header section is read further than this; nothing that names a message stands later. */
const MAX_HEADER_BYTES = 256 * 1024;
const EARLIEST = Date.UTC(1990, 0);
/** No date is longer, comments included. Cut first: looking for comments in an endless one would take minutes. */
const MAX_DATE = 200;

/** What a message says about itself, read from its first bytes alone: cheap, and safe on any bytes. */
export interface Envelope {
  subject: string;
  sender: string;
  sentAt: Date | null;
  /** SHA-256 of the Message-ID; null when it has none that could tell two messages apart. */
  messageIdHash: Buffer | null;
  /** SHA-256 of sender, date, subject and body: alike for copies that took different ways. */
  contentHash: Buffer;
}

/** Reads the envelope of a raw RFC 5322 message. Never throws. */
export function readEnvelope(raw: Buffer): Envelope {
  const { headers, body } = split(raw);
  const messageId = /<?([^<>\s]+)>?/.exec(headers.get('message-id') ?? '')?.[1] ?? '';
  const [from, date, subject] = ['from', 'date', 'subject'].map((name) => headers.get(name) ?? '');
  const content = createHash('sha256')
    .update([from, date, subject, ''].join('\0'), 'utf8')
    .update(normalised(body))
    .digest();
  return {
    subject: clipped(decodeWords(subject ?? '').trim(), 1000),
    sender: clipped(decodeWords(from ?? '').trim(), 500),
    sentAt: sentAt(date ?? ''),
    // Shorter ones ("<>", "<1>") are made by broken senders and repeat.
    messageIdHash: messageId.length < 5 ? null : createHash('sha256').update(messageId, 'utf8').digest(),
    contentHash: content,
  };
}

function split(raw: Buffer): { headers: Map<string, string>; body: Buffer } {
  const end = headerEnd(raw);
  const lines = headerText(raw.subarray(0, Math.min(end.at, MAX_HEADER_BYTES))).split(/\r?\n/);
  const headers = new Map<string, string>();
  let name = '';
  for (const line of lines) {
    const start = /^([!-9;-~]{1,76})[ \t]*:(.*)$/s.exec(line);
    if (start) {
      name = start[1]!.toLowerCase();
      // The first of several counts: a relay may add its own below.
      if (headers.has(name)) name = '';
      else headers.set(name, start[2]!.trim());
    } else if (name && /^[ \t]/.test(line)) {
      const folded = headers.get(name)!;
      if (folded.length < 20_000) headers.set(name, `${folded} ${line.trim()}`);
    }
  }
  return { headers, body: raw.subarray(end.bodyAt) };
}

function headerEnd(raw: Buffer): { at: number; bodyAt: number } {
  const crlf = raw.indexOf('\r\n\r\n');
  const lf = raw.indexOf('\n\n');
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return { at: crlf, bodyAt: crlf + 4 };
  return lf >= 0 ? { at: lf, bodyAt: lf + 2 } : { at: raw.length, bodyAt: raw.length };
}

/** Line ends differ between SMTP, IMAP and files; so do blank lines at the end. */
function normalised(body: Buffer): Buffer {
  return Buffer.from(body.toString('latin1').replaceAll('\r\n', '\n').trimEnd(), 'latin1');
}

function sentAt(date: string): Date | null {
  const at = Date.parse(date.slice(0, MAX_DATE).replace(/\([^)]*\)/g, ' '));
  return Number.isFinite(at) && at > EARLIEST && at < Date.now() + 2 * 86_400_000 ? new Date(at) : null;
}
