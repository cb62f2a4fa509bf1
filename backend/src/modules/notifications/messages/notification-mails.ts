import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { type MailBlock, renderMail } from '#platform/mail/index.js';
import type { Reason, Recipient } from '#platform/notifications/index.js';
import { Messages, type Told } from './messages.js';
import { wordsFor } from './words.js';

/** A mail about a notification, ready to be sent. */
export interface NotificationMail {
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
}

/** What asked for a notification, as a mail shows it; null: nothing in particular. */
export interface MailReason {
  readonly name: string;
  readonly unsubscribeUrl: string;
}

/** Writes the mail of a notification: what happened, why the reader hears of it, and how to end it. */
@Injectable()
export class NotificationMails {
  constructor(
    private readonly messages: Messages,
    private readonly instance: InstanceConfig,
  ) {}

  async write(
    told: Omit<Told, 'name'>,
    source: MailReason | null,
    reason: Reason | null,
    to: Recipient,
  ): Promise<NotificationMail> {
    const words = wordsFor(to.locale);
    const { host } = new URL(this.instance.origin);
    const { subject, blocks, ...content } = this.messages.compose({ ...told, name: source?.name ?? words.product }, to);
    const rendered = await renderMail({
      ...content,
      blocks: [...blocks, ...why(source, reason, words)],
      subject,
      locale: to.locale,
      footer: source ? (reason ? words.footerSent(host) : words.footer(source.name, host)) : this.footer(to),
      ...(source ? { unsubscribeUrl: source.unsubscribeUrl } : {}),
    });
    return { subject, ...rendered, headers: source ? unsubscribeHeaders(source.unsubscribeUrl) : {} };
  }

  /** The last line of a mail that nothing in particular asked for. */
  footer({ locale }: Recipient): string {
    return wordsFor(locale).footerOwn(new URL(this.instance.origin).host);
  }
}

/** The filter as its owner wrote it, with the terms marked that were true. */
function why(source: MailReason | null, reason: Reason | null, words: ReturnType<typeof wordsFor>): MailBlock[] {
  if (!source || !reason) return [];
  const text = reason.filter.trim() === '' ? words.whyAll(source.name) : words.why(source.name);
  const said: MailBlock[] = [{ type: 'divider' }, { type: 'text', tone: 'muted', text }];
  return reason.filter.trim() === ''
    ? said
    : [...said, { type: 'marked', text: reason.filter, marks: reason.terms.map(({ start, end }) => ({ start, end })) }];
}

/** One-click unsubscription by the reader's mail program (RFC 8058). */
function unsubscribeHeaders(url: string): Record<string, string> {
  return { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}
