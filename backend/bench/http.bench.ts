// What a request costs: authenticated GET of one row by id through the whole HTTP stack (gate, limits, grant, validation,
// metrics, headers) against bare Fastify + `pg` doing the same prepared read. Each server is a process of its own, asked by
// autocannon from this one; the figure is CPU time of the server's process a request, which other load on the machine
// disturbs little. Rounds alternate, the median counts. `--profile` writes a CPU profile of our server.
import { fileURLToPath } from 'node:url';
import { Controller, Get, Global, Inject, Injectable, Module } from '@nestjs/common';
import { fastify } from 'fastify';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import {
  AccessModule,
  type Actor,
  Authenticator,
  type Credentials,
  type Member,
  Unauthenticated,
} from '#platform/access/index.js';
import { ConfigModule, configClasses } from '#platform/config/index.js';
import { CryptoModule } from '#platform/crypto/index.js';
import { connectionOptions, DatabaseModule, Reads } from '#platform/database/index.js';
import { createHttpApp, Endpoint, HttpModule, Input, NotFound, Who } from '#platform/http/index.js';
import { RedisModule } from '#platform/redis/index.js';
import { TelemetryModule } from '#platform/telemetry/index.js';
import { testInstance } from '#test/harness.js';
import { MeasuredServer, median, printRound, serveMeasured, servedName, type Round } from './lib/measured-server.js';

const ROUNDS = 5;
const SECONDS = 4;
const LEAST_RATIO = 0.5;
const MOST_MICROSECONDS = 150;
const TOKEN = 'a-token-that-was-verified-before';

const READ = `select d.id, d.title, d.price, d.currency, d.found_at as "foundAt" from bench_deal d
  join access_grant g on g.workspace_id = d.workspace_id and g.principal_id = $1 where d.id = $2 and d.workspace_id = $3`;

const params = z.object({ workspaceId: z.uuid(), dealId: z.uuid() });
const dealSchema = z.object({
  id: z.uuid(),
  title: z.string(),
  price: z.string(),
  currency: z.string(),
  foundAt: z.date(),
});
type Deal = z.infer<typeof dealSchema>;

@Injectable()
class RememberedToken extends Authenticator {
  private readonly known: Actor = {
    kind: 'user',
    id: process.env['BENCH_USER'] ?? null,
    userId: process.env['BENCH_USER'] ?? null,
  };

  override async authenticate({ headers }: Credentials): Promise<Actor | null> {
    if (headers.authorization === undefined) return null;
    if (headers.authorization !== `Bearer ${TOKEN}`) throw new Unauthenticated('The token is not valid.');
    return this.known;
  }
}

@Controller('workspaces/:workspaceId/deals')
class BenchDealsController {
  constructor(@Inject(Reads) private readonly reads: Reads) {}

  @Get(':dealId')
  @Endpoint({ permission: 'deals:read', summary: 'One deal', params, response: dealSchema })
  async one(@Who() who: Member, @Input.params() { dealId }: z.infer<typeof params>): Promise<Deal> {
    const deal = await this.reads.one<Deal>('bench.deal', READ, [who.id, dealId, who.workspaceId]);
    if (!deal) throw new NotFound('There is no such deal.');
    return deal;
  }
}

@Global()
@Module({ providers: [{ provide: Authenticator, useClass: RememberedToken }], exports: [Authenticator] })
class SignInModule {}

async function serveOurs(): Promise<number> {
  const variables = new Set(
    configClasses().flatMap(({ settings }) => Object.values(settings).map(({ variable }) => variable)),
  );
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => variables.has(name)));
  class BenchModule {}
  Module({
    imports: [
      ConfigModule.forRoot(env),
      TelemetryModule,
      DatabaseModule,
      RedisModule,
      CryptoModule,
      AccessModule,
      HttpModule,
      SignInModule,
    ],
    controllers: [BenchDealsController],
  })(BenchModule);
  const app = await createHttpApp(BenchModule, { env, nest: { logger: ['error', 'warn'] } });
  await app.listen(0, '127.0.0.1');
  return Number(new URL(await app.getUrl()).port);
}

async function serveBare(): Promise<number> {
  const pool = new pg.Pool({
    ...connectionOptions({ url: process.env['DATABASE_URL'] ?? '', statementTimeoutMs: 30_000 }),
    max: 10,
  });
  const app = fastify();
  app.get<{ Params: z.infer<typeof params> }>(
    '/api/v1/workspaces/:workspaceId/deals/:dealId',
    async (request, reply) => {
      if (request.headers.authorization !== `Bearer ${TOKEN}`) return reply.code(401).send();
      const { workspaceId, dealId } = request.params;
      const values = [process.env['BENCH_USER'], dealId, workspaceId];
      const { rows } = await pool.query<Deal>({ name: 'bench.deal', text: READ, values });
      return rows[0] ?? reply.code(404).send();
    },
  );
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

async function compare(): Promise<void> {
  const instance = await testInstance();
  const [workspaceId, userId, dealId] = [uuidv7(), uuidv7(), uuidv7()];
  const client = new pg.Client({ connectionString: instance.env.DATABASE_URL });
  await client.connect();
  await client.query(`create table bench_deal (id uuid primary key, workspace_id uuid not null, title text not null,
    price bigint not null, currency text not null, found_at timestamptz not null default now())`);
  await client.query(
    `insert into bench_deal select gen_random_uuid(), gen_random_uuid(), 'Some deal', n, 'USD' from generate_series(1, 10000) n`,
  );
  await client.query(`insert into bench_deal values ($1, $2, 'Lisbon from New York, round trip', 38900, 'USD')`, [
    dealId,
    workspaceId,
  ]);
  for (const { name } of (
    await client.query<{ name: string }>(
      `select conname as name from pg_constraint where conrelid = 'membership'::regclass and contype = 'f'`,
    )
  ).rows)
    await client.query(`alter table membership drop constraint "${name}"`);
  await client.query(`insert into membership (workspace_id, user_id, role) values ($1, $2, 'member')`, [
    workspaceId,
    userId,
  ]);
  await client.query('analyze');
  await client.end();
  const env = { ...process.env, ...instance.env, BENCH_USER: userId, SIGNALBOX_RATE_USER: '10000000' };
  const file = fileURLToPath(import.meta.url);
  const servers = [await MeasuredServer.start(file, 'signalbox', env), await MeasuredServer.start(file, 'bare', env)];
  const ask = (server: (typeof servers)[number], seconds: number) => server.ask(path, `Bearer ${TOKEN}`, seconds);
  const path = `/api/v1/workspaces/${workspaceId}/deals/${dealId}`;
  const rounds = new Map<string, Round[]>(servers.map(({ name }) => [name, []]));
  for (const server of servers) await ask(server, 2);
  for (let i = 0; i < ROUNDS; i++)
    for (const server of servers) rounds.get(server.name)?.push(await ask(server, SECONDS));
  for (const server of servers) await server.stop();
  await instance.dispose();
  report(median(rounds.get('signalbox') ?? []), median(rounds.get('bare') ?? []));
}

function report(ours: Round, bare: Round): void {
  const ratio = ours.perSecond / bare.perSecond;
  printRound('signalbox, whole stack', ours);
  printRound('bare fastify + pg', bare);
  console.log(
    `throughput a core: ${ratio.toFixed(2)} of bare (aim: at least ${LEAST_RATIO}); aim a request: at most ${MOST_MICROSECONDS} µs`,
  );
  if (ratio < LEAST_RATIO) process.exitCode = 1;
}

const name = servedName();
if (name === undefined) await compare();
else serveMeasured({ port: await (name === 'signalbox' ? serveOurs() : serveBare()) });
