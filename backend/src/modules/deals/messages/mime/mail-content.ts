import type { ParsedDeal } from '../../parser/index.js';

/** A part of a mail that is listed but neither expanded nor shown. */
export interface Attachment {
  name: string | null;
  contentType: string;
  /** Bytes, decoded. */
  size: number;
  inline: boolean;
}

/** A mail as people read it. */
export interface MailContent {
  subject: string;
  sender: string;
  recipients: string;
  sentAt: string | null;
  /** The header section, one entry a line, decoded, in order. */
  headers: { name: string; value: string }[];
  text: string;
  /** Sanitised: no script, no remote content; null when the mail has no HTML. */
  html: string | null;
  attachments: Attachment[];
}

/** What the parser made of a mail. */
export interface MailReading {
  subject: string;
  /** What a language model may be asked about; cut. Empty when none is asked. */
  text: string;
  deals: ParsedDeal[];
  /** How long it took. */
  milliseconds: number;
}

/** A mail in a thread. `raw` moves there. */
export interface MimeMail {
  raw: Uint8Array<ArrayBuffer>;
  /** ISO 8601; dates without a year are read from here. */
  receivedAt: string;
}

/** What the thread is asked: what mails offer, or how one is shown. */
export type MimeTask = { kind: 'read'; mails: MimeMail[]; withText: boolean } | ({ kind: 'show' } & MimeMail);

/** What it answers: for each mail a reading or why there is none; or what to show. */
export type MimeOutcome = { results: ({ reading: MailReading } | { error: string })[] } | { content: MailContent };
