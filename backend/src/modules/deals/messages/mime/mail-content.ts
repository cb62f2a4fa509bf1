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
  /** What a language model may be asked about; cut. */
  text: string;
  deals: ParsedDeal[];
}

/** What the thread is asked. `raw` moves to it. */
export interface MimeTask {
  kind: 'read' | 'show';
  raw: Uint8Array;
  /** ISO 8601; dates without a year are read from here. */
  receivedAt: string;
}

export type MimeOutcome = { reading: MailReading } | { content: MailContent };
