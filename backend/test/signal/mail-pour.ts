// Pours deal mails into an SMTP port as a sending server would: each is offered again until it is accepted.
import { createTransport } from 'nodemailer';

const SENDERS = 4;
const RETRY_MS = 150;
const PAUSE_MS = 25;

/** A stream of mails, each with a deal of its own. */
export interface MailPour {
  /** How many the other side has accepted so far. */
  accepted(): number;
  /** Stops making new ones and waits until every one that was begun is accepted. @returns how many there are */
  finish(): Promise<number>;
}

/** The mail of one number: its price is its own, so that it is a deal of its own. */
export function numberedMail(number: number, to: string): { envelope: { from: string; to: string }; raw: string } {
  const price = 100 + number;
  const raw = [
    'From: Deals <deals@example.com>',
    `To: ${to}`,
    `Message-ID: <poured-${number}@example.com>`,
    'Date: Sat, 21 Nov 2026 09:00:00 +0000',
    `Subject: Cheap flights from Boston to Lisbon, Portugal for only $${price} roundtrip`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    `Cheap flights from Boston to Lisbon, Portugal for only $${price} roundtrip.`,
    '',
  ];
  return { envelope: { from: 'deals@example.com', to }, raw: raw.join('\r\n') };
}

/** Starts pouring. @param first the number of the first mail */
export function pour(port: number, to: string, first = 0): MailPour {
  let next = first;
  let accepted = 0;
  let pouring = true;
  const sender = async () => {
    while (pouring) {
      const mail = numberedMail(next++, to);
      while (!(await offer(port, mail))) await pause(RETRY_MS);
      accepted++;
      await pause(PAUSE_MS);
    }
  };
  const senders = Array.from({ length: SENDERS }, sender);
  return {
    accepted: () => accepted,
    finish: async () => {
      pouring = false;
      await Promise.all(senders);
      return next - first;
    },
  };
}

async function offer(port: number, mail: ReturnType<typeof numberedMail>): Promise<boolean> {
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    secure: false,
    ignoreTLS: true,
    connectionTimeout: 5000,
  });
  try {
    await transport.sendMail(mail);
    return true;
  } catch (error) {
    // Refused, reset, deferred: a sender keeps the mail. A refusal for good would be a defect of ours.
    if (((error as { responseCode?: number }).responseCode ?? 0) >= 500) throw error;
    return false;
  } finally {
    transport.close();
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
