import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { BullModule, getQueueToken } from '@nestjs/bull';
import { Injectable, Logger } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import type { JobOptions, Queue } from 'bull';
import type { Redis } from 'ioredis';
import { RedisConnections } from '#platform/redis/index.js';
import { JobRegistry, type JobKind } from './job-registry.js';

/** Tells a worker that a row waits for this attempt. It carries no payload: the row is the truth. */
export interface Ticket {
  readonly queue: string;
  readonly name: string;
  readonly id: string;
  readonly attempt: number;
}

// Bull neither repeats nor remembers: it ignores a re-added id that it still knows, and a job it failed for good would be one.
const OPTIONS: JobOptions = { attempts: 1, removeOnComplete: true, removeOnFail: true };
const STALLS_BEFORE_GIVING_UP = 1_000_000;
// Redis hands tickets to a frozen process too, and the answer that brings one may be lost: such a ticket is taken back
// at the second check after its lock ended. Locks may be short, since the claim is what keeps a job from running twice.
const STALL_CHECK_MS = 5_000;
const LOCK_MS = 10_000;
const BEGIN_AGAIN_AFTER_MS = 1_000;
const BULL_CLOSES_WITHIN_MS = 2_000;
const REDIS_ANSWERS_WITHIN_MS = 5_000;

/** What Bull's own types leave out: begins the loops of a handler that is set already. */
interface Restartable {
  start(concurrency: number, handler: string): Promise<void>;
}

/** The Bull queues, one for each queue that a handler declares, made once Redis answers. */
@Injectable()
export class BullQueues {
  private readonly log = new Logger('jobs');
  private readonly clients: Redis[] = [];
  private queues = new Map<string, Queue<Ticket>>();
  private waiting: Ticket[] = [];
  private closed = false;

  constructor(
    private readonly registry: JobRegistry,
    private readonly redis: RedisConnections,
    private readonly modules: LazyModuleLoader,
  ) {}

  /** Makes the queues. Redis must be there: a Bull queue that is made while it is away may never take a job. */
  async open(): Promise<void> {
    const names = [...this.registry.queues().keys()];
    if (names.length === 0 || this.queues.size > 0) return;
    const shared = { client: this.client('client'), subscriber: this.client('subscriber') };
    const options = {
      prefix: `${this.redis.prefix}:bull`,
      defaultJobOptions: OPTIONS,
      createClient: (type: 'client' | 'subscriber' | 'bclient') =>
        type === 'bclient' ? this.client(type) : shared[type],
      settings: { maxStalledCount: STALLS_BEFORE_GIVING_UP, stalledInterval: STALL_CHECK_MS, lockDuration: LOCK_MS },
    };
    const module = await this.modules.load(
      () => BullModule.registerQueue(...names.map((name) => ({ name, ...options }))),
      {
        logger: false,
      },
    );
    const made = new Map(
      names.map((name) => [name, module.get<Queue<Ticket>>(getQueueToken(name), { strict: false })]),
    );
    // The connection itself reports that it is away; a handler must be there, or the process ends.
    for (const queue of made.values()) {
      queue.on('error', (error: Error) => this.log.debug(`${queue.name}: ${error.message}`));
      // Bull names its connections without waiting for the answer, and nobody catches what a closing connection says then;
      // ours have their names already.
      Object.assign(queue, { setWorkerName: () => Promise.resolve() });
    }
    this.queues = made;
  }

  /** Takes jobs of every queue. A ticket that `work` refuses by throwing is forgotten by Bull; the row remains. */
  consume(work: (ticket: Ticket) => Promise<void>): void {
    for (const [name, concurrency] of this.registry.queues()) {
      const queue = this.queues.get(name);
      if (queue) void this.listen(queue, concurrency, work);
    }
  }

  /** Listens for ever. Bull gives up when Redis goes away while it begins; then it begins again. */
  private async listen(
    queue: Queue<Ticket>,
    concurrency: number,
    work: (ticket: Ticket) => Promise<void>,
  ): Promise<void> {
    let listening = queue.process(concurrency, (job) => work(job.data));
    while (!this.closed) {
      try {
        return await listening;
      } catch (error) {
        // Bull rejects with nothing when the connection ends before it was ever ready.
        const reason = (error as Error | undefined)?.message ?? 'the connection ended';
        this.log.warn(`The queue ${queue.name} begins again: ${reason}`);
        await sleep(BEGIN_AGAIN_AFTER_MS, undefined, { ref: false });
        listening = (queue as Queue<Ticket> & Restartable).start(concurrency, '__default__');
      }
    }
    await listening.catch(() => undefined); // closed meanwhile: nothing is left to begin
  }

  /**
   * Puts tickets into Redis soon, without waiting and without a promise of success: what Redis did not take the sweeper
   * finds.
   */
  announce(tickets: readonly Ticket[]): void {
    if (this.queues.size === 0 || tickets.length === 0) return;
    if (this.waiting.length === 0) setImmediate(() => this.flush());
    this.waiting.push(...tickets);
  }

  /** Puts tickets into Redis. A ticket that is there already stays single. @throws Error when Redis is away */
  async add(tickets: readonly Ticket[]): Promise<void> {
    const { one, several } = this.sorted(tickets);
    for (const [name, group] of Map.groupBy([...one, ...several], (ticket) => ticket.queue)) {
      const queue = this.queues.get(name);
      if (!queue) throw new Error(`The queue ${name} is not open.`);
      // One that stands for several is always new: an old one may be in the hands of a worker that has just looked.
      const jobId = (data: Ticket) => (several.has(data) ? randomUUID() : `${data.id}-${data.attempt}`);
      await queue.addBulk(group.map((data) => ({ data, opts: { ...OPTIONS, jobId: jobId(data) } })));
    }
  }

  /** Of jobs that are taken several at a time, one ticket stands for all that never ran. */
  private sorted(tickets: readonly Ticket[]): { one: Ticket[]; several: Set<Ticket> } {
    const one: Ticket[] = [];
    const first = new Map<JobKind, Ticket>();
    for (const ticket of tickets) {
      const kind = this.registry.batched(ticket);
      if (!kind) one.push(ticket);
      else if (!first.has(kind)) first.set(kind, ticket);
    }
    return { one, several: new Set(first.values()) };
  }

  /** True when tickets can be added. */
  get ready(): boolean {
    return this.queues.size > 0 && this.clients[0]?.status === 'ready';
  }

  /** Stops taking jobs; running ones go on. */
  async close(): Promise<void> {
    this.closed = true;
    const closing = Promise.allSettled([...this.queues.values()].map((queue) => queue.close(true)));
    // Bull waits for a Redis that may be away.
    await Promise.race([closing, sleep(BULL_CLOSES_WITHIN_MS, undefined, { ref: false })]);
    for (const client of this.clients) client.disconnect();
  }

  private flush(): void {
    const tickets = this.waiting;
    this.waiting = [];
    if (!this.ready || this.closed) return;
    this.add(tickets).catch((error: Error) => this.log.debug(`Tickets are left to the sweeper: ${error.message}`));
  }

  private client(type: 'client' | 'subscriber' | 'bclient'): Redis {
    // Bull demands that the connections which wait for jobs neither check for readiness nor give up.
    const waits = { maxRetriesPerRequest: null, enableReadyCheck: false };
    const asks = { maxRetriesPerRequest: 1, commandTimeout: REDIS_ANSWERS_WITHIN_MS };
    const client = this.redis.create(`bull ${type}`, type === 'client' ? asks : waits);
    client.setMaxListeners(0); // each queue adds its own to the shared connections
    this.clients.push(client);
    return client;
  }
}
