// What the benchmark of webhooks posts to: a process of its own, in which each endpoint is an origin of its own.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';
import { v7 as uuidv7 } from 'uuid';
import { dealFound } from '#test/deals.js';

const SLOW_MS = 1_000;
const BARE_CONCURRENCY = 32;
/** Nothing listens there. */
const CLOSED_PORT = 59_999;

/** How a sink answers: at once, after a second, never, or not even the connection. */
export type SinkKind = 'well' | 'slow' | 'silent' | 'closed';

/** Milliseconds. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
}

/** Milliseconds since 1970, comparable between processes. */
export const now = () => performance.timeOrigin + performance.now();

export function spread(of: number[]): Spread {
  const sorted = of.sort((a, b) => a - b);
  const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

type Told = { port: number } | { arrived: [string, number][] } | { cpu: number };

/** In the process of the sinks: answers, and reports when each event arrived first. */
export async function serveSinks(): Promise<void> {
  let arrived: [string, number][] = [];
  const server = createServer((incoming, response) => {
    if (incoming.url === '/silent') return;
    const at = now();
    let body = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    incoming.on('end', () => {
      const answer = () => void response.writeHead(204).end();
      if (incoming.url === '/slow') setTimeout(answer, SLOW_MS);
      else answer();
      const start = body.indexOf('"eventId":"') + 11;
      arrived.push([body.slice(start, start + 36), at]);
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '0.0.0.0', 4_096);
  await once(server, 'listening');
  const tell = (what: Told) => process.send?.(what);
  setInterval(() => {
    if (arrived.length > 0) tell({ arrived });
    arrived = [];
  }, 50);
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    tell({ cpu: user + system });
  });
  process.once('disconnect', () => process.exit(0));
  tell({ port: (server.address() as AddressInfo).port });
}

/** The sinks, as the benchmark sees them. */
export class Sinks {
  /** When each event arrived first, by its id. */
  readonly arrivals = new Map<string, number>();
  private answered: (cpu: number) => void = () => undefined;

  private constructor(
    private readonly port: number,
    private readonly child: ChildProcess,
  ) {
    child.on('message', (told: Told) => {
      if ('cpu' in told) this.answered(told.cpu);
      if ('arrived' in told) for (const [id, at] of told.arrived) if (!this.arrivals.has(id)) this.arrivals.set(id, at);
    });
  }

  /** @param file the benchmark's own, which calls `serveSinks` when its first argument is `sinks` */
  static async start(file: string): Promise<Sinks> {
    const child = fork(fileURLToPath(file), ['sinks'], { execArgv: [] });
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new Sinks(port, child);
  }

  /** The address of the nth sink: an origin that no other has. */
  url(kind: SinkKind, n: number): string {
    const host = `127.1.${n >> 8}.${n & 255}`;
    return `http://${host}:${kind === 'closed' ? CLOSED_PORT : this.port}/${kind}`;
  }

  /** Microseconds of CPU time that the process has used. */
  cpu(): Promise<number> {
    return new Promise((resolve) => {
      this.answered = resolve;
      this.child.send('cpu');
    });
  }

  stop(): void {
    this.child.disconnect();
  }
}

/** The limit: the same bodies, to the same sinks in turn, unsigned, and nothing kept. */
export async function bareLoop(sinks: Sinks, origins: number, requests: number): Promise<Spread & { rate: number }> {
  const dispatcher = new Agent({ keepAliveTimeout: 1_000 });
  const event = { eventId: uuidv7(), version: 1, workspaceId: uuidv7(), subject: { type: 'deal', id: uuidv7() } };
  const data = { ...event, actor: { kind: 'system', id: null }, fields: dealFound() };
  const body = JSON.stringify({ type: 'deal.found', timestamp: new Date().toISOString(), data });
  const took: number[] = [];
  let left = requests;
  const loop = async () => {
    while (left-- > 0) {
      const at = now();
      const url = sinks.url('well', left % origins);
      const answer = await request(url, {
        dispatcher,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      await answer.body.dump();
      took.push(now() - at);
    }
  };
  const began = now();
  await Promise.all(Array.from({ length: BARE_CONCURRENCY }, loop));
  const rate = (requests * 1000) / (now() - began);
  await dispatcher.close();
  return { rate, ...spread(took) };
}
