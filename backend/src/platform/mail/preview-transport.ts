import { Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { v7 as uuidv7 } from 'uuid';
import { query, Transactions } from '#platform/database/index.js';
import type { PartHealth } from '#platform/telemetry/index.js';
import type { Address } from './addresses.js';
import { MailTransport, type Envelope } from './mail-transport.js';
import { messageOf } from './smtp-transport.js';

const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

const INSERT = `
  insert into preview_mail (id, message_id, sender, recipients, subject, html, body_text, raw)
  values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (message_id) do nothing`;

const EXPIRE = `delete from preview_mail where id in (select id from preview_mail order by id desc offset $1)`;

/** Keeps mails instead of sending them, while no server is set. A repeat of one Message-ID is kept once, and only the newest stay. */
@Injectable()
export class PreviewTransport extends MailTransport {
  constructor(
    private readonly transactions: Transactions,
    private readonly keep: number,
  ) {
    super();
  }

  override async send(mail: Envelope): Promise<{ response: string }> {
    const { message } = await composer.sendMail(messageOf(mail));
    const recipients = mail.to.map(written);
    const values = [
      uuidv7(),
      mail.messageId,
      written(mail.from),
      recipients,
      mail.subject,
      mail.html,
      mail.text,
      message,
    ];
    await this.transactions.run(async (em) => {
      await query(em, INSERT, values);
      await query(em, EXPIRE, [this.keep]);
    });
    return { response: '250 Kept in the preview mailbox.' };
  }

  override async health(): Promise<PartHealth> {
    return { up: true, sentence: 'No mail server is set: mails are kept in the preview mailbox and never sent.' };
  }
}

function written({ name, address }: Address): string {
  return name ? `${name} <${address}>` : address;
}
