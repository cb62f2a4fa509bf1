// What it costs to know who asks and whether they may: the same handler, which gives a constant, behind an open route, one
// for signed-in people, and one of a workspace, asked with an access token and with an API key. One server, the
// whole application; the figure is CPU time of its process a request. Rounds alternate, the median counts.
import { fileURLToPath } from 'node:url';
import { Controller, Get, Module } from '@nestjs/common';
import { z } from 'zod';
import { createHttpApp, Endpoint } from '#platform/http/index.js';
import { factory } from '#test/factories.js';
import { testInstance } from '#test/harness.js';
import { AppModule } from '../src/app.module.js';
import { MeasuredServer, median, printRound, serveMeasured, servedName, type Round } from './lib/measured-server.js';

const ROUNDS = 7;
const SECONDS = 2;
const MOST_MICROSECONDS = 60;

const answer = z.object({ answer: z.literal('constant') });
const constant = { answer: 'constant' } as const;
const params = z.object({ workspaceId: z.uuid() });

@Controller('bench')
class BenchController {
  @Get('open')
  @Endpoint({ permission: 'public', summary: 'Open', response: answer })
  open() {
    return constant;
  }

  @Get('self')
  @Endpoint({ permission: 'self', summary: 'For signed-in people', response: answer })
  self() {
    return constant;
  }

  @Get('workspaces/:workspaceId')
  @Endpoint({ permission: 'deals:read', summary: 'Of a workspace', params, response: answer })
  ofWorkspace() {
    return constant;
  }
}

interface Ready {
  port: number;
  workspaceId: string;
  token: string;
  key: string;
}

async function serve(): Promise<void> {
  const instance = await testInstance();
  const rates = ['ANONYMOUS', 'USER', 'API_KEY'].map((name) => [`SIGNALBOX_RATE_${name}`, '10000000']);
  const env: Record<string, string> = { ...instance.env, ...(Object.fromEntries(rates) as Record<string, string>) };
  class BenchModule {}
  Module({ imports: [AppModule.forRoot(env)], controllers: [BenchController] })(BenchModule);
  const app = await createHttpApp(BenchModule, { env, nest: { logger: ['error'] } });
  await app.listen(0, '127.0.0.1');
  const make = factory(app);
  const workspace = await make.workspace().create();
  const { headers } = await make.apiKey(workspace, workspace.owner).scopes('deals:read').create();
  const ready: Ready = {
    port: Number(new URL(await app.getUrl()).port),
    workspaceId: workspace.id,
    token: workspace.owner.headers.authorization,
    key: headers.authorization,
  };
  serveMeasured(ready, async () => {
    await app.close();
    await instance.dispose();
  });
}

async function compare(): Promise<void> {
  const server = await MeasuredServer.start<Ready>(fileURLToPath(import.meta.url), 'signalbox', process.env);
  const { workspaceId, token, key } = server.ready;
  const workspace = `/api/v1/bench/workspaces/${workspaceId}`;
  const routes: [name: string, path: string, authorization: string | undefined][] = [
    ['open', '/api/v1/bench/open', undefined],
    ['signed in', '/api/v1/bench/self', token],
    ['member, access token', workspace, token],
    ['member, API key', workspace, key],
  ];
  const rounds = new Map<string, Round[]>(routes.map(([name]) => [name, []]));
  for (const [, path, authorization] of routes) await server.ask(path, authorization, 1);
  for (let i = 0; i < ROUNDS; i++)
    for (const [name, path, authorization] of routes)
      rounds.get(name)?.push(await server.ask(path, authorization, SECONDS));
  await server.stop();
  const cost = (name: string) => median(rounds.get(name) ?? []);
  const open = cost('open').microseconds;
  for (const [name] of routes) {
    printRound(name, cost(name));
    const more = cost(name).microseconds - open;
    if (name !== 'open') console.log(`${''.padEnd(24)} ${more.toFixed(1).padStart(7)} µs more than open`);
    if (more > MOST_MICROSECONDS) process.exitCode = 1;
  }
  console.log(`aim: at most ${MOST_MICROSECONDS} µs more than open`);
}

if (servedName() === undefined) await compare();
else await serve();
