import { parentPort } from 'node:worker_threads';
import { parseDeals } from '../../parser/parse-deals.js';
import { storableJson } from '../storable.js';
import type { MailContent, MailReading, MimeMail, MimeOutcome, MimeTask } from './mail-content.js';
import { addressesOf, attachmentsOf, headersOf, htmlOf, readMime, textOf } from './read-mime.js';
import { sanitise } from './sanitise.js';

// Everything that looks into a mail of unknown origin happens here, in a thread that can be stopped.

/** More deals than that are no newsletter. */
const MAX_DEALS = 200;
const MODEL_TEXT = 20_000;

async function read({ raw, receivedAt }: MimeMail, withText: boolean): Promise<MailReading> {
  const start = performance.now();
  const mail = await readMime(raw);
  const [subject, text, html] = [mail.subject ?? '', textOf(mail), htmlOf(mail)];
  const deals = parseDeals({ subject, text, html, receivedAt: new Date(receivedAt) });
  const reading = { subject, text: withText ? text.slice(0, MODEL_TEXT) : '', deals: deals.slice(0, MAX_DEALS) };
  return { ...storableJson(reading), milliseconds: Math.round(performance.now() - start) };
}

async function show({ raw }: MimeMail): Promise<MailContent> {
  const mail = await readMime(raw);
  const html = htmlOf(mail);
  return storableJson({
    subject: mail.subject ?? '',
    sender: addressesOf(mail.from),
    recipients: addressesOf(mail.to),
    sentAt: mail.date && Number.isFinite(mail.date.getTime()) ? mail.date.toISOString() : null,
    headers: headersOf(mail),
    text: textOf(mail),
    html: html === null ? null : sanitise(html, mail),
    attachments: attachmentsOf(mail),
  });
}

async function outcome(task: MimeTask): Promise<MimeOutcome> {
  if (task.kind === 'show') return { content: await show(task) };
  const results = [];
  for (const mail of task.mails)
    results.push(
      await read(mail, task.withText).then(
        (reading) => ({ reading }),
        (error: unknown) => ({ error: wordsOf(error) }),
      ),
    );
  return { results };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

parentPort?.on('message', (task: MimeTask) => {
  outcome(task).then(
    (output) => parentPort?.postMessage({ output }),
    (error: unknown) => parentPort?.postMessage({ error: wordsOf(error) }),
  );
});
parentPort?.postMessage({ ready: true });
