import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { DEFAULT_RETRY } from './backoff.js';
import { declarationOf, enqueuedBy, kindOf } from './job-handler.js';
import { JobHandlersInvalid, UnknownJob } from './job.errors.js';
import type { HandlerOptions, JobRunner, RetryPolicy } from './job.types.js';

/** A kind of job with everything said about it and the object that runs it. */
export interface JobKind {
  readonly kind: string;
  readonly queue: string;
  readonly name: string;
  readonly runner: JobRunner<object>;
  readonly retry: RetryPolicy;
  readonly leaseSeconds: number;
  readonly concurrency: number;
  readonly batch: number;
  readonly destination?: HandlerOptions['destination'];
  readonly perDestination?: number;
  readonly sealPayload: boolean;
}

const QUEUE_OR_NAME = /^[a-z][a-z0-9_-]{0,62}$/;

/** The kinds of job of this instance, found among the providers at boot. */
@Injectable()
export class JobRegistry implements OnModuleInit {
  private readonly kinds = new Map<string, JobKind>();

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws JobHandlersInvalid when two classes run one kind, a kind is enqueued that none runs, or a declaration is wrong */
  onModuleInit(): void {
    const enqueued = new Map<string, string>();
    for (const { instance, metatype } of this.discovery.getProviders()) {
      if (!metatype) continue;
      for (const kind of enqueuedBy(metatype)) enqueued.set(kind, metatype.name);
      if (declarationOf(metatype)) this.add(metatype, instance as JobRunner<object>);
    }
    for (const [kind, by] of enqueued)
      if (!this.kinds.has(kind)) throw new JobHandlersInvalid(`${by} enqueues "${kind}", which no @JobHandler runs.`);
  }

  /** @throws UnknownJob */
  get(queue: string, name: string): JobKind {
    const found = this.find(queue, name);
    if (!found) throw new UnknownJob(kindOf({ queue, name }));
    return found;
  }

  /** The kind, or undefined when this process does not know it (a newer process may). */
  find(queue: string, name: string): JobKind | undefined {
    return this.kinds.get(kindOf({ queue, name }));
  }

  /** The kind of a job that never ran, when such jobs are taken several at a time. @param attempt its next */
  batched({ queue, name, attempt }: { queue: string; name: string; attempt: number }): JobKind | undefined {
    const kind = attempt === 1 ? this.find(queue, name) : undefined;
    return kind && kind.batch > 1 ? kind : undefined;
  }

  /** Every queue with the number of jobs that one process runs of it at once: the sum of its kinds. */
  queues(): Map<string, number> {
    const queues = new Map<string, number>();
    for (const { queue, concurrency } of this.kinds.values()) queues.set(queue, (queues.get(queue) ?? 0) + concurrency);
    return queues;
  }

  private add(metatype: object & { name: string }, runner: JobRunner<object>): void {
    const { queue, name, options } = declarationOf(metatype)!;
    const kind = kindOf({ queue, name });
    const known = this.kinds.get(kind);
    if (known?.runner === runner) return; // one provider seen through two modules
    if (known)
      throw new JobHandlersInvalid(`Both ${known.runner.constructor.name} and ${metatype.name} run "${kind}".`);
    if (!QUEUE_OR_NAME.test(queue) || !QUEUE_OR_NAME.test(name))
      throw new JobHandlersInvalid(
        `${metatype.name}: "${kind}" must be made of lower-case letters, digits, "-" and "_".`,
      );
    if (typeof runner?.run !== 'function') throw new JobHandlersInvalid(`${metatype.name} has no method run().`);
    const { leaseSeconds = 15, concurrency = 5, batch = 1, sealPayload = false } = options;
    if (leaseSeconds < 1 || concurrency < 1 || batch < 1)
      throw new JobHandlersInvalid(`${metatype.name}: leaseSeconds, concurrency and batch must be at least 1.`);
    if (batch > 1 && options.destination)
      throw new JobHandlersInvalid(`${metatype.name}: jobs with a destination are claimed one by one, by its circuit.`);
    const { perDestination } = options;
    if (perDestination !== undefined && (perDestination < 1 || !options.destination))
      throw new JobHandlersInvalid(`${metatype.name}: perDestination must be at least 1, of jobs with a destination.`);
    const retry = { ...DEFAULT_RETRY, ...options.retry };
    this.kinds.set(kind, {
      kind,
      queue,
      name,
      runner,
      retry,
      leaseSeconds,
      concurrency,
      batch,
      sealPayload,
      destination: options.destination,
      perDestination,
    });
  }
}
