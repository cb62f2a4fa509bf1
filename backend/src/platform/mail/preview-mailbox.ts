import { Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { v7 as uuidv7 } from 'uuid';
import { query, Transactions } from '#platform/database/index.js';
import type { Address } from './addresses.js';
import { MailTransport, type Envelope } from './mail-transport.js';
import { messageOf } from './smtp-transport.js';

const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

const INSERT = `
  insert into preview_mail (id, message_id, sender, recipients, subject, html, body_text, raw)
  values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (message_id) do nothing`;

/** Keeps mails instead of sending them, while no server is set. A repeat of one Message-ID is kept once. */
@Injectable()
export class PreviewTransport extends MailTransport {
  constructor(private readonly transactions: Transactions) {
    super();
  }

  override async send(mail: Envelope): Promise<{ response: string }> {
    const { message } = await composer.sendMail(messageOf(mail));
    const recipients = mail.to.map(written);
    const values = [uuidv7(), mail.messageId, written(mail.from), recipients, mail.subject, mail.html, mail.text, message];
    await this.transactions.run((em) => query(em, INSERT, values));
    return { response: '250 Kept in the preview mailbox.' };
  }
}

function written({ name, address }: Address): string {
  return name ? `${name} <${address}>` : address;
}
