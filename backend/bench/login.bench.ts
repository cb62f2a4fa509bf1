// What a storm of sign-ins does to those who only read: an authenticated GET of one deal, 200 a second, alone and while 32
// clients sign in as fast as they are answered. Each sign-in verifies an Argon2id hash (19 MiB, two passes). Its rate stands
// against the verifications alone, by as many threads, between the rounds. Rounds alternate, the
// median counts.
import { fileURLToPath } from 'node:url';
import { hash, verify } from '@node-rs/argon2';
import autocannon from 'autocannon';
import { createHttpApp } from '#platform/http/index.js';
import { dealRows } from '#test/deals.js';
import { factory, TEST_PASSWORD } from '#test/factories.js';
import { testInstance } from '#test/harness.js';
import { AppModule } from '../src/app.module.js';
import { MeasuredServer, serveMeasured, servedName } from './lib/measured-server.js';

const ROUNDS = 5;
const SECONDS = 6;
const READS_A_SECOND = 200;
const SIGNING_IN = 32;
const PEOPLE = 3 * SIGNING_IN;
const LANES = Number(process.env['SIGNALBOX_PASSWORD_LANES'] ?? 1);

interface Ready {
  port: number;
  path: string;
  authorization: string;
  emails: string[];
}

async function serve(): Promise<void> {
  const instance = await testInstance();
  const rates = { SIGNALBOX_RATE_USER: '10000000', SIGNALBOX_RATE_AUTH: '10000000' };
  const env = {
    ...instance.env,
    ...rates,
    SIGNALBOX_LOG_LEVEL: 'error',
    SIGNALBOX_SLOW_QUERY_MS: '60000',
    SIGNALBOX_PASSWORD_LANES: String(LANES),
  };
  const app = await createHttpApp(AppModule.forRoot(env), { env, nest: { logger: ['error'] } });
  await app.listen(0, '127.0.0.1');
  const make = factory(app);
  const workspace = await make.workspace().create();
  const [id = ''] = await dealRows(make, workspace, [{ title: 'Lisbon from New York, round trip' }]);
  const emails: string[] = [];
  for (let i = 0; i < PEOPLE; i++) emails.push((await make.person().create()).email);
  const ready: Ready = {
    port: Number(new URL(await app.getUrl()).port),
    path: workspace.url(`deals/${id}`),
    authorization: workspace.owner.headers.authorization,
    emails,
  };
  serveMeasured(ready, async () => {
    await app.close();
    await instance.dispose();
  });
}

interface Latency {
  p50: number;
  p99: number;
}

async function read({ port, path, authorization }: Ready): Promise<Latency> {
  const { latency, non2xx, errors } = await autocannon({
    url: `http://127.0.0.1:${port}${path}`,
    connections: 10,
    overallRate: READS_A_SECOND,
    duration: SECONDS,
    headers: { authorization },
  });
  if (non2xx > 0 || errors > 0) throw new Error(`${non2xx} reads were refused, ${errors} lost.`);
  return { p50: latency.p50, p99: latency.p99 };
}

/** Signs people in until it is stopped. @returns sign-ins a second */
function storm({ port, emails }: Ready): { stop(): Promise<number> } {
  const requests = emails.map((email) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: TEST_PASSWORD, transport: 'body' }),
  }));
  // Each client begins with another person: nobody signs in thirty times at once.
  const runs = Array.from({ length: SIGNING_IN }, (_, i) =>
    autocannon({
      url: `http://127.0.0.1:${port}/api/v1/sessions`,
      connections: 1,
      duration: 3600,
      requests: [...requests.slice(i * 3), ...requests.slice(0, i * 3)],
    }),
  );
  const began = performance.now();
  return {
    stop: async () => {
      const seconds = (performance.now() - began) / 1000;
      for (const run of runs) run.stop();
      const results = await Promise.all(runs);
      const sum = (of: (result: (typeof results)[number]) => number) => results.map(of).reduce((a, b) => a + b, 0);
      const refused = sum((result) => result.non2xx + result.errors);
      if (refused > 0) throw new Error(`${refused} sign-ins were refused or lost.`);
      return sum((result) => result.requests.total) / seconds;
    },
  };
}

/** Verifications a second by as many threads as the application uses, and nothing else. */
async function bareVerifications(): Promise<number> {
  const stored = await hash(TEST_PASSWORD);
  const until = performance.now() + SECONDS * 1000;
  let count = 0;
  const lane = async () => {
    for (; performance.now() < until; count++) await verify(stored, TEST_PASSWORD);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return count / SECONDS;
}

async function compare(): Promise<void> {
  const server = await MeasuredServer.start<Ready>(fileURLToPath(import.meta.url), 'signalbox', process.env);
  const figures: { alone: Latency; stormy: Latency; signIns: number; bare: number }[] = [];
  await read(server.ready);
  for (let i = 0; i < ROUNDS; i++) {
    const alone = await read(server.ready);
    const signing = storm(server.ready);
    const stormy = await read(server.ready);
    const signIns = await signing.stop();
    figures.push({ alone, stormy, signIns, bare: await bareVerifications() });
  }
  await server.stop();
  const middle = (pick: (of: (typeof figures)[number]) => number) =>
    figures.map(pick).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
  const [alone, stormy] = [middle((of) => of.alone.p99), middle((of) => of.stormy.p99)];
  const [signIns, bare] = [middle((of) => of.signIns), middle((of) => of.bare)];
  console.log(`reads alone              p50 ${middle((of) => of.alone.p50)} ms, p99 ${alone} ms`);
  console.log(`reads in a storm         p50 ${middle((of) => of.stormy.p50)} ms, p99 ${stormy} ms`);
  console.log(`p99 in a storm           ${(stormy / alone).toFixed(1)} times that alone`);
  console.log(`sign-ins                 ${signIns.toFixed(1)} a second, ${LANES} lanes`);
  console.log(`bare verifications       ${bare.toFixed(1)} a second, ${LANES} threads`);
  console.log(`sign-ins to bare         ${(signIns / bare).toFixed(2)}`);
}

if (servedName() === undefined) await compare();
else await serve();
