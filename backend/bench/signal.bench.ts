// The program's main job: from a mail's acceptance (the sender has its 250) to the end of the alert's DATA at the next mail
// server. The application is one process with default settings, on PostgreSQL with fsync and Redis; one subscription matches
// every mail. Mails come at a steady rate far below what it can take, so that the figure is latency and not backlog.
// With `--profile` the application writes a CPU profile into .data/profile.
// The limit, in the same run, in turns: a bare relay, also a process of its own, that accepts the same mails with
// `smtp-server` into memory and hands them on with a pool of `nodemailer`, to the same server.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { loadavg } from 'node:os';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createTransport } from 'nodemailer';
import pg from 'pg';
import { SMTPServer } from 'smtp-server';
import { testInstance } from '#test/harness.js';
import { freePort, startApp } from '#test/signal/app-process.js';
import { numberedMail } from '#test/signal/mail-pour.js';
import { firstTeam } from '#test/signal/team.js';

const MAILS = 1_000;
const WARM_UP = 40;
const TURNS = 5;
const A_SECOND = 20;
const LONGEST_WAIT_MS = 60_000;
/** Numbers of the relay's mails begin here, so that no number occurs twice. */
const RELAYED = 100_000;

const PLAIN = {
  authOptional: true,
  disabledCommands: ['STARTTLS' as const, 'AUTH' as const],
  disableReverseLookup: true,
};

const listen = async (server: SMTPServer): Promise<number> => {
  server.on('error', () => undefined); // a connection that its client ended
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return (server.server.address() as AddressInfo).port;
};

const pool = (port: number) =>
  createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true, pool: true, maxConnections: 5 });

/** The relay: what a signal costs when nothing is kept, read, matched or written. */
async function relay(next: number): Promise<void> {
  const onward = pool(next);
  const server = new SMTPServer({
    ...PLAIN,
    onData: (stream, session, done) => {
      void text(stream).then((raw) => {
        // The session forgets its envelope with the answer.
        const to = session.envelope.rcptTo.map(({ address }) => address);
        done(null, 'Accepted');
        return onward.sendMail({ envelope: { from: 'relay@example.com', to }, raw });
      }, done);
    },
  });
  process.send?.(await listen(server));
  process.once('disconnect', () => process.exit(0));
}

/** The next mail server: when each mail's DATA ended, by the mail's Message-ID without domain. */
class Sink {
  readonly ended = new Map<string, number>();
  private readonly server = new SMTPServer({
    ...PLAIN,
    onData: (stream, _session, done) => {
      void text(stream).then((raw) => {
        const [, id] = /^message-id:\s*<([^@>]+)@/im.exec(raw) ?? [];
        if (id) this.ended.set(id, performance.now());
        done(null, 'Taken');
      }, done);
    },
  });

  listen = () => listen(this.server);
  close = () => new Promise<void>((closed) => this.server.close(() => closed()));

  async holds(count: number): Promise<void> {
    for (const until = performance.now() + LONGEST_WAIT_MS; this.ended.size < count; await sleep(20))
      if (performance.now() > until) throw new Error(`Only ${this.ended.size} of ${count} mails arrived.`);
  }
}

/** Sends mails of these numbers at the steady rate. @returns when each was accepted, by number */
async function pour(port: number, to: string, first: number, count: number): Promise<Map<number, number>> {
  const accepted = new Map<number, number>();
  const sender = pool(port);
  const begin = performance.now();
  const offers: Promise<void>[] = [];
  for (let i = 0; i < count; i++) {
    await sleep(Math.max(0, begin + (i * 1000) / A_SECOND - performance.now()));
    const number = first + i;
    offers.push(sender.sendMail(numberedMail(number, to)).then(() => void accepted.set(number, performance.now())));
  }
  await Promise.all(offers);
  sender.close();
  return accepted;
}

const percentile = (times: number[], share: number) => {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
};
const QUANTILES = [0.5, 0.95, 0.99, 1] as const;
const quantiles = (times: number[]) =>
  QUANTILES.map(
    (share) => `${share === 1 ? 'max' : `p${share * 100}`} ${percentile(times, share).toFixed(1).padStart(7)}`,
  ).join('  ');
const say = (name: string, times: number[]) => console.log(`${name.padEnd(44)} ${quantiles(times)} ms`);

// A hop begins and ends where the database's own times say; `now()` is the begin of a transaction.
const HOPS = `
  select m.subject, d.id as delivery,
         extract(epoch from parse.started_at - m.received_at)::float8 * 1000 as "kept to reading begun",
         extract(epoch from found.occurred_at - parse.started_at)::float8 * 1000 as "reading the mail, deal found",
         extract(epoch from d.created_at - found.occurred_at)::float8 * 1000 as "deal committed, sealed, reader begun",
         extract(epoch from alert.started_at - d.created_at)::float8 * 1000 as "matched, alert job begun",
         extract(epoch from d.sent_at - alert.started_at)::float8 * 1000 as "alert written, sent, answer being stored"
    from delivery d
    join event found on found.position = d.event_position
    join deal on deal.id = found.subject_id
    join message m on m.id = deal.message_id
    join job parse on parse.subject_type = 'message' and parse.subject_id = m.id::text
    join job alert on alert.id = d.job_id`;

type Hops = { subject: string; delivery: string } & Record<string, number>;

async function measure(): Promise<void> {
  const instance = await testInstance();
  const sink = new Sink();
  const sinkPort = await sink.listen();
  const [port, smtpPort] = [await freePort(), await freePort()];
  const app = await startApp({
    ...instance.env,
    SMTP_URL: `smtp://127.0.0.1:${sinkPort}`,
    SIGNALBOX_HOST: '127.0.0.1',
    SIGNALBOX_PORT: String(port),
    SIGNALBOX_SMTP_IN_HOST: '127.0.0.1',
    SIGNALBOX_SMTP_IN_PORT: String(smtpPort),
    SIGNALBOX_LOG_LEVEL: 'warn',
    ...(process.argv.includes('--profile') ? { NODE_OPTIONS: '--cpu-prof --cpu-prof-dir=.data/profile' } : {}),
  });
  const relayProcess = fork(fileURLToPath(import.meta.url), ['--relay', String(sinkPort)]);
  try {
    const [relayPort] = (await once(relayProcess, 'message')) as [number];
    const team = await firstTeam(app);
    const { address } = await team.call<{ address: string }>('POST', '/sources', { kind: 'smtp', name: 'Poured' });
    await team.call('POST', '/subscriptions', { filter: 'origin:BOS destination:country:PT' });
    await pour(smtpPort, address, MAILS, WARM_UP);
    await pour(relayPort, address, RELAYED + MAILS, WARM_UP);
    await sink.holds(2 * WARM_UP);

    const [ours, relayed] = [new Map<number, number>(), new Map<number, number>()];
    const share = MAILS / TURNS;
    let cpu = 0;
    for (let turn = 0; turn < TURNS; turn++) {
      const before = await cpuSeconds(app.url);
      for (const [number, at] of await pour(smtpPort, address, turn * share, share)) ours.set(number, at);
      await sink.holds(2 * WARM_UP + (2 * turn + 1) * share);
      cpu += (await cpuSeconds(app.url)) - before;
      for (const [number, at] of await pour(relayPort, address, RELAYED + turn * share, share)) relayed.set(number, at);
      await sink.holds(2 * WARM_UP + (2 * turn + 2) * share);
    }
    const hops = (await hopsOf(instance.env.DATABASE_URL)).filter(({ subject }) => ours.has(numberOf(subject)));
    report(
      hops.map(({ subject, delivery }) => ended(sink, delivery) - (ours.get(numberOf(subject)) ?? NaN)),
      [...relayed].map(([number, at]) => ended(sink, `poured-${number}`) - at),
      hops,
    );
    const load = loadavg().map((l) => l.toFixed(1));
    console.log(
      `the application's own CPU: ${((cpu * 1000) / MAILS).toFixed(1)} ms a mail, all threads; load average ${load.join(', ')}`,
    );
  } finally {
    relayProcess.disconnect();
    await app.stop();
    await sink.close();
    await instance.dispose();
  }
}

/** CPU time of the application's process so far, as it tells Prometheus. */
async function cpuSeconds(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(metrics)?.[1]);
}

/** Each poured mail has its number in its price. */
const numberOf = (subject: string) => Number(/\$(\d+)/.exec(subject)?.[1]) - 100;
const ended = (sink: Sink, id: string) => sink.ended.get(id) ?? NaN;

async function hopsOf(url: string): Promise<Hops[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Hops>(HOPS)).rows;
  } finally {
    await client.end();
  }
}

function report(ours: number[], relayed: number[], hops: Hops[]): void {
  if ([...ours, ...relayed].some(Number.isNaN) || ours.length !== MAILS || relayed.length !== MAILS)
    throw new Error(`${ours.length} alerts and ${relayed.length} relayed mails were measured, not ${MAILS} each.`);
  console.log(`${MAILS} mails, ${A_SECOND} a second; from the sender's 250 to the end of DATA at the next server:`);
  say('signalbox: mail accepted to alert handed on', ours);
  say('bare relay: mail accepted to mail handed on', relayed);
  const ratio = (share: number) => (percentile(ours, share) / percentile(relayed, share)).toFixed(1);
  console.log(`ratio: p50 ${ratio(0.5)}, p99 ${ratio(0.99)} of the relay, which keeps, reads and writes nothing`);
  console.log('by hop:');
  const [first] = hops;
  for (const name of Object.keys(first ?? {}).filter((key) => key !== 'subject' && key !== 'delivery'))
    say(
      `  ${name}`,
      hops.map((hop) => hop[name] ?? NaN),
    );
}

const relaying = process.argv.indexOf('--relay');
if (relaying > 0) await relay(Number(process.argv[relaying + 1]));
else await measure();
