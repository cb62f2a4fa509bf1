import addressparser from 'nodemailer/lib/addressparser';
import { MailInvalid } from './mail.errors.js';

/** A mailbox: the address and, maybe, the name before it. */
export interface Address {
  readonly name: string;
  readonly address: string;
}

// RFC 5321 section 4.5.3.1: at most 64 octets before the at sign and 254 in all.
const LONGEST_LOCAL = 64;
const LONGEST_ADDRESS = 254;
const LONGEST_SUBJECT = 998;
const LONGEST_HEADER = 8_000;
const LOCAL = /^[^\s@<>()[\]\\,;:"\p{Cc}]+$/u;
const DOMAIN =
  /^(?=.{1,253}$)[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)*$/u;
const HEADER_NAME = /^[A-Za-z][A-Za-z0-9-]{0,75}$/;
const MESSAGE_ID = /^<?([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+)>?$/;
const OWN_HEADERS = new Set(
  'from to cc bcc subject date message-id reply-to sender mime-version content-type content-transfer-encoding return-path received x-signalbox-return'.split(
    ' ',
  ),
);

/**
 * Reads exactly one mailbox, `a@b.example` or `Name <a@b.example>`.
 *
 * @throws MailInvalid when it holds a line break or another control character, is several, or is no address
 */
export function addressOf(text: string): Address {
  refuseControls(text, 'An address');
  const parsed = addressparser(text, { flatten: true });
  const [first] = parsed;
  if (parsed.length !== 1 || !first?.address) throw new MailInvalid(`${quoted(text)} is not one mail address.`);
  const at = first.address.lastIndexOf('@');
  const local = first.address.slice(0, at);
  const fits = Buffer.byteLength(local) <= LONGEST_LOCAL && Buffer.byteLength(first.address) <= LONGEST_ADDRESS;
  if (at < 1 || !fits || !LOCAL.test(local) || local.startsWith('-') || !DOMAIN.test(first.address.slice(at + 1)))
    throw new MailInvalid(`${quoted(text)} is not a mail address.`);
  return { name: first.name ?? '', address: first.address };
}

/** @returns the subject, trimmed. @throws MailInvalid when it is empty, too long or holds a control character */
export function subjectOf(text: string): string {
  refuseControls(text, 'A subject');
  const subject = text.trim();
  if (!subject) throw new MailInvalid('A mail needs a subject.');
  if (subject.length > LONGEST_SUBJECT)
    throw new MailInvalid(`A subject may have ${LONGEST_SUBJECT} characters; this has ${subject.length}.`);
  return subject;
}

/** @throws MailInvalid for a header that the mailer writes itself, a name that is none, or a control character in a value */
export function headersOf(headers: Record<string, string>): Record<string, string> {
  for (const [name, value] of Object.entries(headers)) {
    if (!HEADER_NAME.test(name)) throw new MailInvalid(`${quoted(name)} is not the name of a header.`);
    if (OWN_HEADERS.has(name.toLowerCase())) throw new MailInvalid(`The header ${name} is written by the mailer.`);
    refuseControls(value, `The header ${name}`);
    if (value.length > LONGEST_HEADER)
      throw new MailInvalid(`The header ${name} is longer than ${LONGEST_HEADER} characters.`);
  }
  return headers;
}

/** @returns the id in angle brackets. @throws MailInvalid */
export function messageIdOf(text: string): string {
  const id = MESSAGE_ID.exec(text)?.[1];
  if (!id || id.length > LONGEST_ADDRESS) throw new MailInvalid(`${quoted(text)} is not a Message-ID.`);
  return `<${id}>`;
}

function refuseControls(text: string, what: string): void {
  // Line breaks would begin another header; U+2028 and U+2029 become line breaks in careless software.
  if (/[\p{Cc}\u2028\u2029]/u.test(text))
    throw new MailInvalid(`${what} may not contain line breaks or control characters.`);
  if (!text.isWellFormed()) throw new MailInvalid(`${what} is not well-formed text.`);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
