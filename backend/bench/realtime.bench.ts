// Live events: from the answer to a commit to the client, against a bare Socket.IO server that broadcasts the same message, in
// turns, at 100, 1,000 and 5,000 sockets. Both are given one event at a time, by the same words of the same parent, at the same
// pace, and write what is equally long to clients of one process. The bare server has it in memory; ours has by then committed
// it, and seals it (a second commit) before it tells, which is part of what is measured and also printed by itself. The
// processor's time that a server takes for each delivered message, with the commit and the seal, is what other work on the
// machine disturbs least; that of PostgreSQL is not in it. Then the memory of an idle connection, the replay of 10,000 missed events, and how
// many sockets one process holds. Servers and clients are processes of their own. The application has PostgreSQL with fsync
// and Redis; its sockets belong to 100 people, each with a watch of all events of one workspace. Clients are bare TCP
// connections that speak as much WebSocket as it takes, so that they cost little of the two cores.
import { fork, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Server } from 'socket.io';
import { RealtimeModule } from '#modules/realtime/index.js';
import { UsersModule } from '#modules/users/index.js';
import { LogTail } from '#platform/event-log/index.js';
import { startApplication } from '#test/application.js';
import { factory } from '#test/factories.js';
import { expire } from '#test/live-events.js';
import { BenchSocket, type Latency, latencyOf } from './lib/bench-socket.js';

const SIZES = [
  { sockets: 100, events: 200, everyMs: 20 },
  { sockets: 1_000, events: 100, everyMs: 60 },
  { sockets: 5_000, events: 40, everyMs: 250 },
];
const TURNS = 4;
const PEOPLE = 100;
const IDLE = 2_000;
const MISSED = 10_000;
const MOST = 10_000;
const AT_ONCE = 50;
const LIMIT_MS = 100_000;

const now = () => Number(process.hrtime.bigint()) / 1e6;
const say = (name: string, text: string) => console.log(`${name.padEnd(34)} ${text}`);
const ms = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

/** What a server of the benchmark tells when it is ready. */
interface Ready {
  port: number;
  tokens: string[];
  workspaceId: string;
}

interface Memory {
  rss: number;
  heap: number;
}

/** What a child carries out, and answers. */
type Work = Record<string, (body: never) => Promise<unknown>>;

function serve(work: Work, ready: unknown): void {
  process.on('disconnect', () => process.exit(1));
  process.on('message', ({ id, name, body }: { id: number; name: string; body: never }) => {
    const answer = work[name]?.(body) ?? Promise.reject(new Error(`Nobody knows how to ${name}.`));
    answer.then(
      (result) => process.send?.({ id, result }),
      (error: Error) => process.send?.({ id, error: error.stack }),
    );
  });
  process.send?.({ id: 0, result: ready });
}

/** Of this process so far, in microseconds of the processor. */
const cpu = async (): Promise<number> => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

const memory = async (): Promise<Memory> => {
  globalThis.gc?.();
  await sleep(200);
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
};

const message = (n: number) => ({
  id: '0193f2f0-8a3c-7c1e-9d51-2b1f0a6c4e10',
  position: n,
  type: 'deal.expired',
  version: 1,
  workspaceId: '0193f2f0-1111-7c1e-9d51-2b1f0a6c4e10',
  scope: { kind: 'workspace', id: null },
  subject: { type: 'deal', id: '0193f2f0-2222-7c1e-9d51-2b1f0a6c4e10' },
  actor: { kind: 'system', id: null, userId: null },
  data: { title: `#${n}#` },
  occurredAt: new Date().toISOString(),
});

async function application(): Promise<void> {
  const unlimited = ['SOCKETS_PER_PERSON', 'SOCKETS_PER_ADDRESS', 'RATE_SOCKET_REPLAY'];
  const { app, close } = await startApplication([UsersModule, RealtimeModule], {
    ...Object.fromEntries(
      unlimited.map((name) => [`SIGNALBOX_${name}`, name.includes('PERSON') ? '10000' : '1000000']),
    ),
  });
  await app.listen(0, '127.0.0.1');
  const make = factory(app);
  const team = await make.workspace().create();
  const people = await Promise.all(Array.from({ length: PEOPLE }, () => make.person().in(team, 'admin').create()));
  const { port } = new URL(await app.getUrl());
  const tail = app.get(LogTail);
  let committed = 0;
  let took: number[] = [];
  tail.subscribe(() => took.push(now() - committed));
  const commit = async ({ from, count }: { from: number; count: number }) => {
    await expire(
      app,
      team.id,
      Array.from({ length: count }, (_, n) => `#${from + n}#`),
    );
    return (committed = now());
  };
  /** From the answer to a commit to when it was sealed, of those since the last time. */
  const sealed = async (): Promise<Latency> => {
    const sorted = took.sort((a, b) => a - b);
    took = [];
    const at = (part: number) => sorted[Math.floor(sorted.length * part)] ?? 0;
    return { p50: at(0.5), p99: at(0.99), count: sorted.length };
  };
  const work = { commit, cpu, memory, sealed, head: () => tail.head(), stop: close };
  serve(work as Work, { port: Number(port), tokens: people.map(({ token }) => token), workspaceId: team.id });
}

async function bare(): Promise<void> {
  const http = createServer();
  const io = new Server(http, { path: '/ws', transports: ['websocket'], serveClient: false, perMessageDeflate: false });
  await new Promise<void>((ready) => http.listen(0, '127.0.0.1', ready));
  const commit = async ({ from, count }: { from: number; count: number }) => {
    const at = now();
    for (let n = 0; n < count; n++) io.emit('event', { watch: 'w1', event: message(from + n) });
    return at;
  };
  serve({ commit, cpu, memory, stop: async () => io.close() } as Work, { port: (http.address() as AddressInfo).port });
}

async function clients(): Promise<void> {
  const open = new Map<string, BenchSocket[]>();
  const until = performance.now() + 10 * LIMIT_MS;
  const work = {
    open: async (body: { name: string; ready: Ready; count: number; watch: boolean; limitMs: number }) => {
      const sockets = open.get(body.name) ?? [];
      open.set(body.name, sockets);
      const deadline = performance.now() + body.limitMs;
      const { ready, watch } = body;
      const opener = async () => {
        while (sockets.length < body.count && performance.now() < deadline) {
          const token = ready.tokens?.[sockets.length % PEOPLE];
          const socket = new BenchSocket(ready.port, token);
          sockets.push(socket);
          await socket.opened;
          if (watch && token) await socket.watch({ workspaceId: ready.workspaceId });
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, opener));
      return sockets.filter(({ alive }) => alive).length;
    },
    /** Waits until all have heard the last one, and says how long after its commit each heard each. */
    latency: async ({ name, times }: { name: string; times: Record<number, number> }): Promise<Latency> => {
      const sockets = open.get(name) ?? [];
      const last = Math.max(...Object.keys(times).map(Number));
      while (sockets.some(({ heard }) => !heard.has(last)) && performance.now() < until) await sleep(5);
      return latencyOf(sockets, times);
    },
    replay: async ({
      name,
      ready,
      after,
      epoch,
      last,
    }: {
      name: string;
      ready: Ready;
      after: number;
      epoch: string;
      last: number;
    }) => {
      const [socket] = open.get(name) ?? [];
      if (!socket) throw new Error('There is no socket to replay to.');
      socket.heard.clear();
      const started = now();
      if (epoch) await socket.watch({ workspaceId: ready.workspaceId, after, epoch });
      while (!socket.heard.has(last)) await sleep(1);
      return { took: (socket.heard.get(last) ?? 0) - started, started, count: socket.heard.size };
    },
    heardAt: async ({ name, last }: { name: string; last: number }) => {
      const [socket] = open.get(name) ?? [];
      while (!socket?.heard.has(last)) await sleep(1);
      return { at: socket.heard.get(last), count: socket.heard.size };
    },
    close: async (name: string) => {
      for (const socket of open.get(name) ?? []) socket.close();
      open.delete(name);
    },
  };
  serve(work as unknown as Work, {});
}

/** A process of the benchmark. */
class Child {
  private count = 0;

  private constructor(
    private readonly process: ChildProcess,
    readonly ready: Ready,
  ) {}

  static async start(name: string): Promise<Child> {
    const child = fork(fileURLToPath(import.meta.url), ['--as', name], { execArgv: ['--expose-gc'] });
    const ready = await new Promise<Ready>((resolve, reject) => {
      child.once('message', ({ result }: { result: Ready }) => resolve(result));
      child.once('exit', (code) => reject(new Error(`The process ${name} ended with ${code}.`)));
    });
    return new Child(child, ready);
  }

  ask<T>(name: string, body: unknown = {}): Promise<T> {
    const id = ++this.count;
    return new Promise<T>((resolve, reject) => {
      const heard = (answer: { id: number; result: T; error?: string }) => {
        if (answer.id !== id) return;
        this.process.off('message', heard);
        if (answer.error) reject(new Error(answer.error));
        else resolve(answer.result);
      };
      this.process.on('message', heard);
      this.process.send({ id, name, body });
    });
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }
}

let number = 0;

/** Some events at a steady pace, far below what either takes, and how long each took to each socket. */
async function turn(name: string, server: Child, sockets: Child, events: number, everyMs: number): Promise<Latency> {
  const times: Record<number, number> = {};
  for (let sent = 0; sent < events; sent++) {
    const next = sleep(everyMs);
    times[++number] = await server.ask<number>('commit', { from: number, count: 1 });
    await next;
  }
  return sockets.ask<Latency>('latency', { name, times });
}

async function main(): Promise<void> {
  const [ours, peer, sockets] = await Promise.all(['application', 'bare', 'clients'].map((name) => Child.start(name)));
  if (!ours || !peer || !sockets) throw new Error('A process is missing.');
  const servers = [
    ['signalbox', ours],
    ['bare', peer],
  ] as const;
  const open = (name: string, server: Child, count: number, watch = true, limitMs = LIMIT_MS) =>
    sockets.ask<number>('open', { name, ready: server.ready, count, watch, limitMs });
  try {
    for (const [name, server, watch] of [
      ['signalbox', ours, false],
      ['signalbox with a watch', ours, true],
      ['bare', peer, false],
    ] as const) {
      // What the first connections bring along once is not theirs.
      await open('first', server, 200, watch);
      await sockets.ask('close', 'first');
      await sleep(1500);
      const before = await server.ask<Memory>('memory');
      const opened = await open(`idle ${name}`, server, IDLE, watch);
      const after = await server.ask<Memory>('memory');
      const each = (of: keyof Memory) => ((after[of] - before[of]) / opened / 1024).toFixed(1);
      say(`idle connection, ${name}`, `${each('heap')} kB of heap and buffers, ${each('rss')} kB resident`);
      await sockets.ask('close', `idle ${name}`);
      await sleep(1500);
    }

    for (const { sockets: count, events, everyMs } of SIZES) {
      for (const [name, server] of servers) {
        const opened = await open(name, server, count);
        if (opened < count) throw new Error(`${name} has ${opened} of ${count} sockets.`);
        await turn(name, server, sockets, 5, everyMs);
      }
      const seen: Record<string, Latency[]> = { signalbox: [], bare: [] };
      const used: Record<string, number> = { signalbox: 0, bare: 0 };
      await ours.ask('sealed');
      for (let round = 0; round < TURNS; round++)
        for (const [name, server] of servers) {
          const before = await server.ask<number>('cpu');
          seen[name]?.push(await turn(name, server, sockets, events / TURNS, everyMs));
          used[name]! += (await server.ask<number>('cpu')) - before;
        }
      const seal = await ours.ask<Latency>('sealed');
      const middle = (name: string, of: 'p50' | 'p99') =>
        (seen[name] ?? []).map((one) => one[of]).sort((a, b) => a - b)[TURNS >> 1] ?? 0;
      for (const [name] of servers)
        say(`${count} sockets, ${name}`, `p50 ${ms(middle(name, 'p50'))}  p99 ${ms(middle(name, 'p99'))}`);
      const ratio = (of: 'p50' | 'p99') => (middle('signalbox', of) / middle('bare', of)).toFixed(2);
      say(
        `${count} sockets, ratio`,
        `p50 ${ratio('p50')}  p99 ${ratio('p99')}  (load average ${loadavg()[0]?.toFixed(1)})`,
      );
      say(`${count} sockets, of it until sealed`, `p50 ${ms(seal.p50)}  p99 ${ms(seal.p99)}`);
      const cost = (name: string) => `${((used[name] ?? 0) / events / count).toFixed(1)} µs`;
      say(`${count} sockets, CPU a message`, `signalbox ${cost('signalbox')}  bare ${cost('bare')}`);
    }
    for (const [name] of servers) await sockets.ask('close', name);
    await sleep(1000);

    await missed(ours, peer, sockets, open);
    const started = performance.now();
    const held = await open('many', ours, MOST, true, LIMIT_MS);
    const took = (performance.now() - started) / 1000;
    const { rss } = await ours.ask<Memory>('memory');
    say(
      'sockets held by one process',
      `${held} of ${MOST} asked for, each with a watch, opened in ${took.toFixed(0)} s; ${(rss / 2 ** 20).toFixed(0)} MB resident`,
    );
    const last = await turn('many', ours, sockets, 5, 1000);
    say('an event to all of them', `p50 ${ms(last.p50)}  p99 ${ms(last.p99)}`);
  } finally {
    for (const child of [sockets, ours, peer]) child.kill();
  }
}

/** One client that comes back after 10,000 events, against a bare server that writes as many from memory. */
async function missed(
  ours: Child,
  peer: Child,
  sockets: Child,
  open: (name: string, server: Child, count: number, watch?: boolean) => Promise<number>,
): Promise<void> {
  const { position, epoch } = await ours.ask<{ position: number; epoch: string }>('head');
  const from = number + 1;
  for (let at = 0; at < MISSED; at += 500) await ours.ask('commit', { from: from + at, count: 500 });
  const last = from + MISSED - 1;
  while ((await ours.ask<{ position: number }>('head')).position < position + MISSED) await sleep(20);
  await open('missed', ours, 1, false);
  const back = { name: 'missed', ready: ours.ready, after: position, epoch, last };
  const { took, count } = await sockets.ask<{ took: number; count: number }>('replay', back);
  await open('missed bare', peer, 1, false);
  const at = await peer.ask<number>('commit', { from, count: MISSED });
  const bareHeard = await sockets.ask<{ at: number; count: number }>('heardAt', { name: 'missed bare', last });
  number = last;
  const rate = (done: number, time: number) => Math.round((done / time) * 1000);
  say('replay of 10,000 missed events', `${ms(took)}, ${rate(count, took)} events/s (${count} heard)`);
  say('bare, written from memory', `${ms(bareHeard.at - at)}, ${rate(MISSED, bareHeard.at - at)} events/s`);
  for (const name of ['missed', 'missed bare']) await sockets.ask('close', name);
}

const role = process.argv.includes('--as') ? process.argv[process.argv.indexOf('--as') + 1] : undefined;
if (role === 'application') await application();
else if (role === 'bare') await bare();
else if (role === 'clients') await clients();
else await main();
