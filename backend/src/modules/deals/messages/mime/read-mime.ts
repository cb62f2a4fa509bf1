import { simpleParser, type AddressObject, type ParsedMail } from 'mailparser';
import { clipped, storable } from '../storable.js';
import type { Attachment } from './mail-content.js';

const MAX_TEXT = 2 * 1024 * 1024;
const MAX_HEADERS = 200;

/** Reads the MIME structure of a raw message. @throws Error when it is broken beyond repair or nested without measure */
export async function readMime(raw: Uint8Array): Promise<ParsedMail> {
  return simpleParser(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength), {
    skipTextToHtml: true,
    skipTextLinks: true,
    keepCidLinks: true,
    maxHtmlLengthToParse: MAX_TEXT,
  });
}

/** The HTML body, cut where no mail of a person ends; null when there is none. */
export function htmlOf(mail: ParsedMail): string | null {
  return typeof mail.html === 'string' && mail.html !== '' ? clipped(mail.html, MAX_TEXT) : null;
}

/** The plain text body, from the HTML when there is no other. */
export function textOf(mail: ParsedMail): string {
  return clipped(mail.text ?? '', MAX_TEXT);
}

/** A header with addresses as it is shown. */
export function addressesOf(value: AddressObject | AddressObject[] | undefined): string {
  const list = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return clipped(list.map((address) => address.text).join(', '), 2000);
}

/** The header lines in order. */
export function headersOf(mail: ParsedMail): { name: string; value: string }[] {
  return mail.headerLines.slice(0, MAX_HEADERS).map(({ key, line }) => ({
    name: clipped(key, 80),
    value: clipped(
      line
        .slice(line.indexOf(':') + 1)
        .replace(/\s+/g, ' ')
        .trim(),
      2000,
    ),
  }));
}

/** The attachments by name, type and size. */
export function attachmentsOf(mail: ParsedMail): Attachment[] {
  return mail.attachments.slice(0, 500).map((part) => ({
    name: part.filename === undefined ? null : clipped(part.filename, 255),
    contentType: storable(part.contentType).slice(0, 100),
    size: part.size,
    // Absent where the declarations promise it: parts outside a multipart/related.
    inline: Boolean(part.related),
  }));
}
