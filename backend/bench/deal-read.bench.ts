// Authenticated GET of one deal by id (evidence, sightings, 40 prices of its route) by the whole application, signed in
// with an access token, against bare Fastify + `pg` doing the same read: the very statement that the application sends,
// recorded from its connection, prepared, its row sent as JSON after a comparison of the token. Rounds alternate, the
// median counts.
import { fileURLToPath } from 'node:url';
import { fastify } from 'fastify';
import pg from 'pg';
import { connectionOptions } from '#platform/database/index.js';
import { createHttpApp } from '#platform/http/index.js';
import { dealRows } from '#test/deals.js';
import { factory } from '#test/factories.js';
import { testInstance } from '#test/harness.js';
import { AppModule } from '../src/app.module.js';
import { MeasuredServer, median, printRound, serveMeasured, servedName, type Round } from './lib/measured-server.js';

const ROUNDS = 5;
const SECONDS = 4;
const PRICES = 40;
const SIGHTINGS = 3;
const LEAST_RATIO = 0.5;

interface Statement {
  name: string;
  text: string;
  values: unknown[];
}

/** What the bare server needs to do the same. */
interface SameRead {
  path: string;
  authorization: string;
  statement: Statement;
  databaseUrl: string;
}

type Ours = SameRead & { port: number };

/** Boots the application with a deal in it and reads that once, to learn the statement. */
async function serveOurs(): Promise<void> {
  const instance = await testInstance();
  const env = { ...instance.env, SIGNALBOX_LOG_LEVEL: 'warn', SIGNALBOX_RATE_USER: '10000000' };
  const app = await createHttpApp(AppModule.forRoot(env), { env, nest: { logger: ['error', 'warn'] } });
  await app.listen(0, '127.0.0.1');
  const make = factory(app);
  const workspace = await make.workspace().create();
  const others = Array.from({ length: 1000 }, (_, n) => ({ title: `Another deal, number ${n}` }));
  const [id = ''] = await dealRows(make, workspace, [{ title: 'Lisbon from New York, round trip' }, ...others]);
  await make.sql(
    `insert into deal_sighting (message_id, fingerprint, deal_id, source_id, price_minor, confidence, evidence, seen_at)
     select message_id, decode(lpad(to_hex(n), 32, '0'), 'hex'), id, source_id, 39900 + n, 0.9,
            '{"price": {"source": "subject", "start": 3, "end": 7, "quote": "$399"}}', now()
       from deal, generate_series(1, $2::int) as n where id = $1`,
    [id, SIGHTINGS],
  );
  await make.sql(
    `insert into route_price (workspace_id, origin, destination, currency, trip_type, cabin, price_minor, deal_id, seen_at)
     select workspace_id, 'NYC', 'LIS', 'USD', 'roundtrip', 'economy', 39900 + n, id, now() - make_interval(days => n)
       from deal, generate_series(1, $2::int) as n where id = $1`,
    [id, PRICES],
  );
  await make.sql('analyze', []);
  const path = workspace.url(`deals/${id}`);
  const { authorization } = workspace.owner.headers;
  const statement = await recorded(id, async () => {
    const answer = await fetch(`${await app.getUrl()}${path}`, { headers: { authorization } });
    if (answer.status !== 200) throw new Error(`The deal was answered ${answer.status}: ${await answer.text()}`);
  });
  const port = Number(new URL(await app.getUrl()).port);
  const ready: Ours = { port, path, authorization, statement, databaseUrl: instance.env.DATABASE_URL };
  serveMeasured(ready, async () => {
    await app.close();
    await instance.dispose();
  });
}

/** The one prepared statement about a thing that `work` makes any connection of this process send. */
async function recorded(about: string, work: () => Promise<void>): Promise<Statement> {
  const found: Statement[] = [];
  const send = pg.Client.prototype.query as (this: pg.Client, ...args: unknown[]) => unknown;
  const watch = function (this: pg.Client, ...args: unknown[]): unknown {
    const [asked] = args as [Partial<Statement>?];
    const { name, text, values } = asked ?? {};
    if (name && text && values?.includes(about)) found.push({ name, text, values });
    return send.apply(this, args);
  };
  pg.Client.prototype.query = watch as typeof pg.Client.prototype.query;
  await work();
  pg.Client.prototype.query = send as typeof pg.Client.prototype.query;
  const [statement, ...more] = found;
  if (!statement || more.length > 0) throw new Error(`One statement was expected, not ${found.length}.`);
  return statement;
}

async function serveBare({ authorization, statement, databaseUrl }: SameRead): Promise<void> {
  const pool = new pg.Pool({ ...connectionOptions({ url: databaseUrl, statementTimeoutMs: 30_000 }), max: 10 });
  const app = fastify();
  app.get<{ Params: { workspaceId: string; dealId: string } }>(
    '/api/v1/workspaces/:workspaceId/deals/:dealId',
    async (request, reply) => {
      if (request.headers.authorization !== authorization) return reply.code(401).send();
      const { workspaceId, dealId } = request.params;
      const { rows } = await pool.query({ ...statement, values: [statement.values[0], workspaceId, dealId] });
      return rows[0] ?? reply.code(404).send();
    },
  );
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  serveMeasured({ port: typeof address === 'object' && address ? address.port : 0 });
}

async function compare(): Promise<void> {
  const file = fileURLToPath(import.meta.url);
  const ours = await MeasuredServer.start<Ours>(file, 'signalbox', process.env);
  const { port: _port, ...read } = ours.ready;
  const bare = await MeasuredServer.start(file, 'bare', { ...process.env, BENCH_READ: JSON.stringify(read) });
  const servers = [ours, bare];
  const ask = (server: (typeof servers)[number], seconds: number) => server.ask(read.path, read.authorization, seconds);
  const rounds: Record<string, Round[]> = { signalbox: [], bare: [] };
  for (const server of servers) await ask(server, 2);
  for (let i = 0; i < ROUNDS; i++) for (const server of servers) rounds[server.name]?.push(await ask(server, SECONDS));
  await bare.stop();
  await ours.stop();
  const [whole, peer] = [median(rounds['signalbox'] ?? []), median(rounds['bare'] ?? [])];
  const ratio = whole.perSecond / peer.perSecond;
  printRound('signalbox, GET one deal', whole);
  printRound('bare fastify + pg', peer);
  console.log(`throughput a core: ${ratio.toFixed(2)} of bare (aim: at least ${LEAST_RATIO})`);
  if (ratio < LEAST_RATIO) process.exitCode = 1;
}

const name = servedName();
if (name === 'signalbox') await serveOurs();
else if (name === 'bare') await serveBare(JSON.parse(process.env['BENCH_READ'] ?? '') as SameRead);
else await compare();
