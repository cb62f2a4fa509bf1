// Mail to and from the instance.
import { createTransport } from 'nodemailer';
import type { Api } from './api.js';
import { SMTP_PORT } from './stand.js';

interface Mail {
  readonly id: string;
  readonly to: readonly string[];
  readonly subject: string;
}

/** Sends a mail to the receiving port, as a newsletter's server would. */
export async function sendMail(to: string, subject: string, text: string): Promise<void> {
  const server = createTransport({ host: '127.0.0.1', port: SMTP_PORT, tls: { rejectUnauthorized: false } });
  await server.sendMail({ from: 'deals@newsletter.example', to, subject, text });
  server.close();
}

/** The newest mail to an address whose subject fits, waited for, out of the preview mailbox. @param owner who operates the instance */
export async function mailTo(owner: Api, to: string, subject = /./): Promise<Mail & { text: string; html: string }> {
  for (;;) {
    const { items } = await owner.get<{ items: Mail[] }>('/preview-mailbox?limit=50');
    const found = items.find((mail) => mail.to.some((one) => one.includes(to)) && subject.test(mail.subject));
    if (found) return owner.get(`/preview-mailbox/${found.id}`);
    await new Promise((settle) => setTimeout(settle, 100));
  }
}
