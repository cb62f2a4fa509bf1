// Mails end to end: from the sender's first byte over SMTP to kept messages, to the deals that were read from them, and to the
// alert of each deal handed to the next mail server. The application is one process with default settings, on PostgreSQL
// with fsync and Redis; one subscription wants every deal. All mails are offered as fast as they are taken.
// The limit, in the same run, before and after: a bare `smtp-server` that writes each mail into a file of its own and fsyncs
// it before it says yes, fed by the same senders. Senders, sink and application are processes of their own.
//   --mails=PATH   a folder, an mbox or a mail; the parser's own fixtures when absent
//   --count=N      so many of them (again, as other messages, when there are fewer: their deals are known by then); all of them once when absent
//   --senders=N    connections at once, each for many mails; 16 when absent
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createTransport } from 'nodemailer';
import pg from 'pg';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import { testInstance } from '#test/harness.js';
import { freePort, startApp } from '#test/signal/app-process.js';
import { numberedMail } from '#test/signal/mail-pour.js';
import { firstTeam } from '#test/signal/team.js';
import { readMails } from './lib/mails.js';

const option = (name: string) => process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const number = (name: string) => (option(name) === undefined ? undefined : Number(option(name)));

const SENDERS = number('senders') ?? 16;
/** Until the code that runs often is compiled, and the first thread has started. */
const WARM_UP = 100;
const LOOK_EVERY_MS = 25;
/** So long without any progress, and something is broken. */
const LONGEST_STANDSTILL_MS = 60_000;

type Take = (stream: SMTPServerDataStream) => Promise<void>;

/** A bare mail server. @returns its port */
async function serve(take: Take): Promise<number> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    onData: (stream, _session, done) => void take(stream).then(() => done(null, 'Taken'), done),
  });
  server.on('error', () => undefined); // a connection that its client ended
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return (server.server.address() as AddressInfo).port;
}

/** The sink: what it costs at least to take a mail and be sure of it. */
async function sink(): Promise<void> {
  const folder = mkdtempSync(join(process.env['SIGNALBOX_DATA_DIR'] ?? '.data', 'sink-'));
  let taken = 0;
  const port = await serve(async (stream) => {
    const raw = await buffer(stream);
    const file = await open(join(folder, String(taken++)), 'w');
    await file.writeFile(raw);
    await file.sync();
    await file.close();
  });
  process.once('disconnect', () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  });
  process.send?.(port);
}

/** What the senders are to send, and where. */
interface Order {
  port: number;
  to: string;
  warmUp: boolean;
}

/** Connections that stay: `smtp-server` greets a tenth of a second late, which is no matter of ours. */
const connected = (port: number) =>
  createTransport({
    host: '127.0.0.1',
    port,
    ignoreTLS: true,
    pool: true,
    maxConnections: SENDERS,
    maxMessages: Infinity,
  });

async function senders(): Promise<void> {
  const pools = new Map<number, ReturnType<typeof connected>>();
  const mails = await readMails(option('mails'), number('count'));
  process.on('message', ({ port, to, warmUp }: Order) => {
    const raws = warmUp ? Array.from({ length: WARM_UP }, (_, i) => Buffer.from(numberedMail(i, to).raw)) : mails;
    const pool = pools.get(port) ?? connected(port);
    pools.set(port, pool);
    const sent = raws.map((raw) => pool.sendMail({ envelope: { from: 'sender@example.com', to }, raw }));
    void Promise.allSettled(sent).then((answers) => {
      const refused = answers.filter((answer) => answer.status === 'rejected');
      process.send?.(refused.length === 0 ? 'sent' : `${refused.length} mails: ${String(refused[0]?.reason)}`);
    });
  });
  process.once('disconnect', () => process.exit(0));
  process.send?.({ count: mails.length, bytes: mails.reduce((sum, { length }) => sum + length, 0) });
}

const child = (role: string) => fork(fileURLToPath(import.meta.url), [`--role=${role}`, ...process.argv.slice(2)]);

/** What a process of ours says next. @throws Error when it ends instead */
const told = <T>(by: ChildProcess): Promise<T> =>
  new Promise((resolve, reject) => {
    by.once('message', (message) => resolve(message as T));
    by.once('exit', (code) => reject(new Error(`A process of this benchmark ended with ${code}.`)));
  });

/** Has the senders send all mails. @returns seconds until the last was accepted */
async function send(by: ChildProcess, order: Order): Promise<number> {
  const start = performance.now();
  by.send(order);
  const answer = await told<string>(by);
  if (answer !== 'sent') throw new Error(`Not every mail was accepted: ${answer}`);
  return (performance.now() - start) / 1000;
}

// One statement is one snapshot: what left one of these counts is in the next.
const PROGRESS = `
  select (select count(*)::int from message where state = 'received') as unread,
         (select count(*)::int from outbox where type like 'deal.%') as unsealed,
         (select count(*)::int from event e where type like 'deal.%'
             and position > (select position from reader_cursor where reader = 'subscriptions')) as unmatched,
         (select count(*)::int from delivery where state = 'queued') as unsent`;

const KEPT = `
  select (select count(*)::int from message) as kept,
         (select count(*)::int from message where state = 'failed') as failed,
         (select count(*)::int from message where state = 'parsed') as offering,
         (select count(*)::int from deal) as deals,
         (select count(*)::int from delivery where state = 'sent') as alerts,
         (select count(*)::int from delivery where state = 'failed') as unalerted`;

type Counts<T extends string> = Record<T, number>;
type Progress = Counts<'unread' | 'unsealed' | 'unmatched' | 'unsent'>;
type Kept = Counts<'kept' | 'failed' | 'offering' | 'deals' | 'alerts' | 'unalerted'>;

class Database {
  private constructor(private readonly client: pg.Client) {}

  static async open(url: string): Promise<Database> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return new Database(client);
  }

  kept = async (): Promise<Kept> => (await this.client.query<Kept>(KEPT)).rows[0]!;
  close = () => this.client.end();

  /** Waits until none of these counts is above zero. */
  async until(...names: (keyof Progress)[]): Promise<void> {
    let [last, since] = ['', performance.now()];
    for (;;) {
      const now = (await this.client.query<Progress>(PROGRESS)).rows[0]!;
      if (names.every((name) => now[name] === 0)) return;
      const seen = JSON.stringify(now);
      if (seen !== last) [last, since] = [seen, performance.now()];
      if (performance.now() - since > LONGEST_STANDSTILL_MS) throw new Error(`Nothing moves any more: ${seen}`);
      await sleep(LOOK_EVERY_MS);
    }
  }
}

async function measure(): Promise<void> {
  const instance = await testInstance();
  let handedOn = 0;
  const next = await serve(async (stream) => {
    await buffer(stream);
    handedOn++;
  });
  const [httpPort, port] = [await freePort(), await freePort()];
  const app = await startApp({
    ...instance.env,
    SMTP_URL: `smtp://127.0.0.1:${next}`,
    SIGNALBOX_HOST: '127.0.0.1',
    SIGNALBOX_PORT: String(httpPort),
    SIGNALBOX_SMTP_IN_HOST: '127.0.0.1',
    SIGNALBOX_SMTP_IN_PORT: String(port),
    SIGNALBOX_LOG_LEVEL: 'warn',
  });
  const database = await Database.open(instance.env.DATABASE_URL);
  const [bare, by] = [child('sink'), child('senders')];
  try {
    const [barePort, corpus] = await Promise.all([told<number>(bare), told<{ count: number; bytes: number }>(by)]);
    const team = await firstTeam(app);
    const { address: to } = await team.call<{ address: string }>('POST', '/sources', { kind: 'smtp', name: 'Bench' });
    await team.call('POST', '/subscriptions', { filter: 'price>0' });
    await send(by, { port: barePort, to, warmUp: true });
    await send(by, { port, to, warmUp: true });
    await database.until('unread', 'unsealed', 'unmatched', 'unsent');
    const warm = await database.kept();
    const handedOnBefore = handedOn;

    const before = await send(by, { port: barePort, to, warmUp: false });
    const [start, cpu] = [performance.now(), await cpuSeconds(app.url)];
    const elapsed = () => (performance.now() - start) / 1000;
    const accepted = await send(by, { port, to, warmUp: false });
    await database.until('unread');
    const read = elapsed();
    await database.until('unread', 'unsealed', 'unmatched', 'unsent');
    const alerted = elapsed();
    const spent = (await cpuSeconds(app.url)) - cpu;
    const after = await send(by, { port: barePort, to, warmUp: false });

    const all = await database.kept();
    const kept = Object.fromEntries(
      Object.keys(all).map((key) => [key, all[key as keyof Kept] - warm[key as keyof Kept]]),
    );
    report(corpus, { bare: (before + after) / 2, accepted, read, alerted }, kept as Kept, spent);
    if (handedOn - handedOnBefore !== kept['alerts'])
      throw new Error(`${handedOn - handedOnBefore} alerts arrived, ${kept['alerts']} are said to have been sent.`);
    if (kept['failed'] || kept['unalerted']) throw new Error('Mails could not be read, or alerts not be sent.');
  } finally {
    for (const own of [by, bare]) if (own.connected) own.disconnect();
    await database.close();
    await app.stop();
    await instance.dispose();
  }
}

/** CPU time of the application's process so far, as it tells Prometheus. */
async function cpuSeconds(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(metrics)?.[1]);
}

function report(
  { count, bytes }: { count: number; bytes: number },
  seconds: Counts<'bare' | 'accepted' | 'read' | 'alerted'>,
  kept: Kept,
  cpu: number,
): void {
  const say = (what: string, took: number) =>
    console.log(
      `${what.padEnd(44)} ${(count / took).toFixed(0).padStart(6)} mails/s, ${(seconds.bare / took).toFixed(2)} of the sink`,
    );
  const of = option('mails') ?? "the parser's fixtures";
  console.log(
    `${count} mails of ${of}, ${(bytes / 1e6).toFixed(1)} MB, ${SENDERS} connections, one subscription of all`,
  );
  say('bare sink: a file and an fsync a mail', seconds.bare);
  say('accepted: kept, committed, answered', seconds.accepted);
  say('read: parsed, deals committed', seconds.read);
  say('alerted: last alert handed on and noted', seconds.alerted);
  console.log(
    `${kept.kept} messages kept (equal mails are one), ${kept.offering} with deals, ${kept.deals} deals, ${kept.alerts} alerts: ${(kept.alerts / seconds.alerted).toFixed(0)} a second; ${kept.failed} unread, ${kept.unalerted} alerts failed`,
  );
  const load = loadavg().map((l) => l.toFixed(1));
  console.log(
    `the application's own CPU: ${((cpu * 1000) / count).toFixed(1)} ms a mail, all threads; load average ${load.join(', ')}`,
  );
}

const role = option('role');
if (role === 'sink') await sink();
else if (role === 'senders') await senders();
else {
  await measure();
  process.exit(0);
}
