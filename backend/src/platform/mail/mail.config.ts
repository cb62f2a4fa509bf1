import { z } from 'zod';
import { Config, configClass, setting, url, whole } from '#platform/config/index.js';
import { addressOf } from './addresses.js';
import { MailInvalid } from './mail.errors.js';

const sender = z.string().superRefine((text, context) => {
  try {
    addressOf(text);
  } catch (error) {
    if (!(error instanceof MailInvalid)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
});

/** Settings of outgoing mail. */
@Config
export class MailConfig extends configClass('mail', {
  smtpUrl: setting(
    'SMTP_URL',
    url('smtp', 'smtps').optional(),
    'The server that outgoing mail is handed to: smtp://user:password@host:587 (STARTTLS when the server offers it) or smtps://…:465. When absent, mails land in the preview mailbox.',
    true,
  ),
  from: setting(
    'SIGNALBOX_MAIL_FROM',
    sender.default('Signalbox <signalbox@localhost>'),
    'The sender of every mail: an address, or a name with the address in angle brackets.',
  ),
  bounceAddress: setting(
    'SIGNALBOX_BOUNCE_ADDRESS',
    sender
      .refine((text) => /^[a-z0-9._-]{1,18}@[^@+]+$/i.test(text), {
        error: 'must be an address with at most 18 letters, digits, dots or hyphens before the @',
      })
      .optional(),
    'An address such as bounces@bounce.example.com whose mail reaches the receiving port: each mail is sent with a part of its own behind a +, and an address that it comes back from is held back. Returns go to the sender when absent.',
  ),
  timeoutMs: setting(
    'SIGNALBOX_SMTP_TIMEOUT_MS',
    whole(20_000, 100, 300_000),
    'How long the mail server may be silent, in milliseconds, before the mail is put off.',
  ),
  previewMails: setting(
    'SIGNALBOX_PREVIEW_MAILS',
    whole(1_000, 10, 100_000),
    'How many mails the preview mailbox keeps.',
  ),
  connections: setting('SIGNALBOX_SMTP_CONNECTIONS', whole(5, 1, 100), 'Connections to the mail server at once.'),
}) {
  /** The sender's domain; the right side of each Message-ID. */
  get domain(): string {
    return addressOf(this.from).address.split('@').pop()!;
  }
}
