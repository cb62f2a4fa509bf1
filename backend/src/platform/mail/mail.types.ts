import type { JobSubject } from '#platform/jobs/index.js';

/** One part of a mail's body. Every text is plain: it is escaped, never read as HTML. */
export type MailBlock =
  /** A paragraph; line breaks are kept. */
  | { type: 'text'; text: string; tone?: 'normal' | 'muted' | 'strong' }
  /** The thing to do; its address is repeated in the text version. http(s) only. */
  | { type: 'button'; label: string; url: string }
  /** Names and values, one pair a line. */
  | { type: 'keyvalues'; rows: { key: string; value: string }[] }
  /** One thing found: a deal, a task. `highlight` is what the eye should catch first (a price). */
  | {
      type: 'card';
      title: string;
      highlight?: string;
      note?: string;
      rows?: { key: string; value: string }[];
      badges?: string[];
      link?: { label: string; url: string };
    }
  | { type: 'list'; items: { text: string; url?: string }[]; ordered?: boolean }
  /** Text as somebody wrote it, such as a filter, with parts of it marked. */
  | { type: 'marked'; text: string; marks: { start: number; end: number }[] }
  /** A short code that is typed elsewhere. */
  | { type: 'code'; code: string }
  | { type: 'divider' };

/** What a mail says; the look is the same for all. */
export interface MailContent {
  /** The first words that a mailbox shows beside the subject. */
  preheader?: string;
  heading: string;
  blocks: MailBlock[];
  /** Why the reader got this mail, below the line. */
  footer?: string;
  /** Where one click ends such mails; shown in the footer. The `List-Unsubscribe` header is the sender's business. */
  unsubscribeUrl?: string;
  /** The language that it is written in (BCP 47). */
  locale: string;
}

/** A mail ready to be sent. */
export interface Mail {
  /** One address or several, `a@b.example` or `Name <a@b.example>`. */
  to: string | string[];
  subject: string;
  html: string;
  text: string;
  /** `SIGNALBOX_MAIL_FROM` when absent. */
  from?: string;
  replyTo?: string;
  headers?: Record<string, string>;
  /** With or without angle brackets; a new one when absent. Give the same one to a repeat. */
  messageId?: string;
}

/** A mail that the platform renders and sends by itself, after the commit. */
export interface QueuedMail extends MailContent {
  to: string;
  subject: string;
  replyTo?: string;
  headers?: Record<string, string>;
  /** `<job id@host>` when absent; the same on every repeat. */
  messageId?: string;
  workspaceId?: string;
  /** What the mail is about, for the operator's list of jobs. */
  about?: JobSubject;
  /** While a mail of this key waits, another is not queued. */
  key?: string;
}
