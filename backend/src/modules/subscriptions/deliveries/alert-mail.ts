import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import type { LogEvent } from '#platform/event-log/index.js';
import { renderMail } from '#platform/mail/index.js';
import { NotificationKinds, type Recipient } from '#platform/notifications/index.js';
import { Unsubscriptions } from '../unsubscriptions/unsubscriptions.js';

/** A mail about one event for one subscription, ready to be sent. */
export interface AlertMail {
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
}

/** Writes the mail of an alert: what happened, why the reader hears of it, and how to end it. */
@Injectable()
export class AlertMails {
  constructor(
    private readonly kinds: NotificationKinds,
    private readonly unsubscriptions: Unsubscriptions,
    private readonly instance: InstanceConfig,
  ) {}

  /** @param about the subscription that matched */
  async write(about: { id: string; name: string }, event: LogEvent, recipient: Recipient): Promise<AlertMail> {
    const { subject, ...content } = this.kinds.tell(event, recipient);
    const unsubscribeUrl = this.unsubscriptions.url(about.id);
    const footer = `You get this because your subscription “${about.name}” on ${new URL(this.instance.origin).host} matched.`;
    const rendered = await renderMail({ ...content, subject, footer, unsubscribeUrl });
    return { subject, ...rendered, headers: unsubscribeHeaders(unsubscribeUrl) };
  }
}

/** One-click unsubscription by the reader's mail program (RFC 8058). */
function unsubscribeHeaders(url: string): Record<string, string> {
  return { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}
