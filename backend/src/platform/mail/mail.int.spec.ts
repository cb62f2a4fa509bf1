import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { testInstance, type TestInstance } from '#test/harness.js';
import { JobsProcess } from '#test/jobs/jobs-process.js';
import { MailDeferred, MailInvalid, MailModule, MailRejected, Mailer } from './index.js';

const received: { to: string; raw: string; messageId: string }[] = [];
const refusals = new Map<string, number>();
const messageIdOf = (raw: string) => /^message-id: (.*)$/im.exec(raw)?.[1] ?? '';
const got = (to: string) => received.filter((mail) => mail.to === to);

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** A real SMTP server whose behaviour the recipient chooses. */
const sink = new SMTPServer({
  authOptional: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  onRcptTo({ address }, _session, callback) {
    const seen = (refusals.get(address) ?? 0) + 1;
    refusals.set(address, seen);
    if (address.startsWith('gone')) return callback(refusal(550, 'No such mailbox here'));
    if (address.startsWith('grey') && seen <= 2) return callback(refusal(450, 'Greylisted, come back later'));
    if (address.startsWith('silent')) return undefined;
    callback();
  },
  onData(stream, session, callback) {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const raw = Buffer.concat(chunks).toString('utf8');
      const [{ address = '' } = {}] = session.envelope.rcptTo;
      const first = got(address).length === 0;
      received.push({ to: address, raw, messageId: messageIdOf(raw) });
      if (address.startsWith('full')) return callback(refusal(552, 'Mailbox is full'));
      if (address.startsWith('content')) return callback(refusal(554, 'This looks like spam'));
      if (address.startsWith('lost') && first) return session_close(session);
      callback(null, 'queued as 42');
    });
  },
});
sink.on('error', () => undefined);

/** Takes the mail and dies before it says so. */
function session_close(session: { id: string }): void {
  for (const connection of (sink as unknown as { connections: Set<{ id: string; _socket: { destroy(): void } }> })
    .connections)
    if (connection.id === session.id) connection._socket.destroy();
}

let instance: TestInstance;
let process1: JobsProcess;
let mailer: Mailer;

const content = {
  locale: 'en',
  heading: 'Confirm your address',
  blocks: [{ type: 'button' as const, label: 'Confirm', url: 'https://x.example/c?token=s3cret' }],
};
const mail = (to: string) => ({ to, subject: 'Hello', html: '<p>hi</p>', text: 'hi' });
const queue = (to: string) =>
  process1.transactions.run((em) => mailer.queueMail(em, { to, subject: 'Confirm', ...content }));

async function boot(env: Record<string, string>): Promise<JobsProcess> {
  return JobsProcess.start({ ...instance.env, ...env }, [], [MailModule]);
}

beforeAll(async () => {
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', () => resolve()));
  const { port } = sink.server.address() as AddressInfo;
  instance = await testInstance();
  process1 = await boot({
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    SIGNALBOX_SMTP_TIMEOUT_MS: '500',
    SIGNALBOX_MAIL_FROM: 'Box <box@signals.example>',
  });
  mailer = process1.app.get(Mailer);
});
afterAll(async () => {
  await process1.close();
  await new Promise<void>((resolve) => sink.close(() => resolve()));
  await instance.dispose();
});

describe('sending', () => {
  it("hands the mail over and gives back the server's words", async () => {
    const sent = await mailer.send({
      ...mail('Ada <ok@x.example>'),
      headers: { 'List-Unsubscribe': '<https://x.example/u>' },
      replyTo: 'r@x.example',
    });
    expect(sent.response).toMatch(/^250 .*queued as 42/);
    const raw = got('ok@x.example')[0]!.raw;
    for (const line of [
      'From: Box <box@signals.example>',
      'To: Ada <ok@x.example>',
      'Reply-To: r@x.example',
      'List-Unsubscribe: <https://x.example/u>',
    ])
      expect(raw).toContain(line);
    expect(messageIdOf(raw)).toMatch(/^<[\w-]+@signals\.example>$/);
  });

  it.each([
    ['gone@x.example', 550, 'No such mailbox here'],
    ['full@x.example', 552, 'Mailbox is full'],
    ['content@x.example', 554, 'This looks like spam'],
  ])('tells a refusal for good: %s', async (to, code, words) => {
    const error = await mailer.send(mail(to)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(MailRejected);
    expect(error).toMatchObject({ responseCode: code, response: expect.stringContaining(words) });
  });

  it('tells a refusal for now, which does not blame the server', async () => {
    const error = await mailer.send(mail('grey1@x.example')).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(MailDeferred);
    expect(error).toMatchObject({
      responseCode: 450,
      serverFault: false,
      response: expect.stringContaining('Greylisted'),
    });
  });

  it('gives up waiting for a silent server', async () => {
    const error = await mailer.send(mail('silent@x.example')).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(MailDeferred);
    expect(error).toMatchObject({ serverFault: true });
  });

  it.each([
    ['to', { ...mail('a@x.example\r\nBcc: v@x.example') }],
    ['to', { ...mail('a@x.example, b@x.example') }],
    ['to', { ...mail('nobody') }],
    ['subject', { ...mail('a@x.example'), subject: 'Hi\nBcc: v@x.example' }],
    ['header', { ...mail('a@x.example'), headers: { 'X-A': 'b\r\nBcc: v@x.example' } }],
    ['header name', { ...mail('a@x.example'), headers: { 'X-A: b\r\nBcc': 'v@x.example' } }],
    ['own header', { ...mail('a@x.example'), headers: { bcc: 'v@x.example' } }],
    ['from', { ...mail('a@x.example'), from: 'a\nb <a@x.example>' }],
    ['message id', { ...mail('a@x.example'), messageId: '<a@b>\r\nBcc: v@x.example' }],
  ])('refuses an injection into %s before the server sees anything', async (_, bad) => {
    await expect(mailer.send(bad)).rejects.toThrow(MailInvalid);
    expect(received.some(({ raw, to }) => to.startsWith('v@') || /^bcc:/im.test(raw))).toBe(false);
  });
});

describe('a queued mail', () => {
  it('is sent after the commit, with a Message-ID made of the job, and leaves no secret behind', async () => {
    const id = await queue('queued@x.example');
    const row = await process1.until(id, { state: 'done' });
    expect(got('queued@x.example').map((m) => m.messageId)).toEqual([`<${id}@signals.example>`]);
    expect(got('queued@x.example')[0]!.raw).toContain('token=3Ds3cret');
    expect(JSON.stringify(row)).not.toContain('s3cret');
    expect(row.result).toEqual({ response: expect.stringContaining('queued as 42') });
  });

  it('is not sent when the transaction rolls back', async () => {
    const work = process1.transactions.run(async (em) => {
      await mailer.queueMail(em, { to: 'never@x.example', subject: 'x', ...content });
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    await queue('after@x.example').then((id) => process1.until(id, { state: 'done' }));
    expect(got('never@x.example')).toEqual([]);
  });

  it('is refused at once when it could never be sent', async () => {
    await expect(queue('a@x.example\nBcc: v@x.example')).rejects.toThrow(MailInvalid);
  });

  it('comes back to a greylisting server until it is taken', async () => {
    const id = await queue('grey2@x.example');
    for (const failures of [1, 2]) {
      const row = await process1.until(id, { state: 'queued', failures });
      expect(row.last_error).toContain('Greylisted');
      await process1.sql('update job set next_attempt_at = now() where id = $1', [id]);
    }
    await process1.until(id, { state: 'done', failures: 2 });
    expect(got('grey2@x.example')).toHaveLength(1);
    expect(await process1.sql('select from job_circuit')).toEqual([]);
  });

  it('is parked with the reason when the server refuses it for good', async () => {
    const row = await process1.until(await queue('gone2@x.example'), { state: 'parked' });
    expect(row).toMatchObject({ attempt: 1, last_error: expect.stringContaining('550 No such mailbox here') });
  });

  it('carries the same Message-ID when it is repeated after a lost answer', async () => {
    const id = await queue('lost@x.example');
    await process1.until(id, { state: 'queued', failures: 1 });
    await process1.sql('update job set next_attempt_at = now() where id = $1', [id]);
    await process1.until(id, { state: 'done' });
    expect(got('lost@x.example').map((m) => m.messageId)).toEqual([
      `<${id}@signals.example>`,
      `<${id}@signals.example>`,
    ]);
  });
});

describe('without a server', () => {
  it('mails are kept, once each', async () => {
    const other = await boot({ SIGNALBOX_REDIS_PREFIX: `${instance.env.SIGNALBOX_REDIS_PREFIX}-b` });
    const preview = other.app.get(Mailer);
    const messageId = '<one@signals.example>';
    for (let i = 0; i < 2; i++) await preview.send({ ...mail('Ada <a@x.example>'), messageId });
    const rows = await other.sql<{ raw: Buffer }>(
      'select message_id, sender, recipients, subject, html, body_text, raw from preview_mail',
    );
    expect(rows).toEqual([
      {
        message_id: messageId,
        sender: 'Signalbox <signalbox@localhost>',
        recipients: ['Ada <a@x.example>'],
        subject: 'Hello',
        html: '<p>hi</p>',
        body_text: 'hi',
        raw: expect.anything(),
      },
    ]);
    expect(rows[0]!.raw.toString()).toContain(`Message-ID: ${messageId}`);
    await other.close();
  });
});
