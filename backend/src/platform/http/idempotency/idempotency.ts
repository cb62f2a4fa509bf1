import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { EventSubscriber, TransactionEventArgs } from '@mikro-orm/core';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type EntityManager, MikroORM } from '#platform/database/index.js';
import { HttpConfig } from '../http.config.js';
import type { RoutePlan } from '../routes/route-plan.js';
import { invalid } from '../validation/hostile.js';
import { Claims, type Claim, type Standing } from './claims.js';
import { AnswerLost, KeyReused, RequestRunning, SecretShownOnce } from './idempotency.errors.js';

const KEY = /^[\x21-\x7e]{1,255}$/;
/** Headers that belong to an answer rather than to its sending. */
const KEPT_HEADERS = ['content-type', 'location', 'etag'];
/** A lease outlasts the longest request by this much. */
const LEASE_MARGIN_SECONDS = 30;

declare module 'fastify' {
  interface FastifyRequest {
    claim?: { claim: Claim; open: boolean };
  }
}

/**
 * Carries out a POST with an `Idempotency-Key` once and answers its repetitions from memory. The claim is marked inside
 * every transaction that the request commits, so that a process that dies at any instant leaves either nothing done and
 * the key free, or everything done and the key taken.
 */
@Injectable()
export class Idempotency implements EventSubscriber, OnModuleInit {
  private readonly log = new Logger('http');
  private readonly current = new AsyncLocalStorage<{ claim: Claim; open: boolean }>();

  constructor(
    private readonly claims: Claims,
    private readonly orm: MikroORM,
    private readonly config: HttpConfig,
  ) {}

  onModuleInit(): void {
    this.orm.em.getEventManager().registerSubscriber(this);
  }

  /** Marks the claim in each transaction of the request that holds it. @throws RequestRunning when another has taken it over */
  async beforeTransactionCommit({ em }: TransactionEventArgs): Promise<void> {
    const held = this.current.getStore();
    // What the request set off may outlive it in the same asynchronous context: that is nobody's claim any more.
    if (held?.open && !(await this.claims.apply(em as EntityManager, held.claim)))
      throw new RequestRunning('Another attempt of this request has taken over.');
  }

  /** True for routes that honour the header. */
  static applies(method: string, { endpoint }: RoutePlan): boolean {
    return method === 'POST' && endpoint.idempotent !== false && !endpoint.multipart;
  }

  /**
   * Before the handler: claims the key and goes on within it, or answers what is known of it.
   *
   * @throws by `done`: ValidationFailed for a malformed key, RequestRunning, KeyReused, AnswerLost, SecretShownOnce
   */
  begin(plan: RoutePlan, request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
    const key = request.headers['idempotency-key'];
    const actorId = request.actor?.id;
    if (key === undefined || !actorId) return done();
    if (typeof key !== 'string' || !KEY.test(key))
      return done(
        invalid([{ path: '/headers/idempotency-key', message: 'must be 1 to 255 visible ASCII characters' }]),
      );
    const fingerprint = fingerprintOf(request);
    const leaseSeconds = this.config.requestTimeoutMs / 1000 + LEASE_MARGIN_SECONDS;
    this.claims
      .claim({ actorId, key, fingerprint, leaseSeconds, secret: plan.endpoint.oneTimeSecret ?? false })
      .then(async (standing) => {
        if (standing.kind !== 'claimed') return replay(standing, reply);
        // Given up while the key was being claimed: no handler will run.
        if (reply.sent) return void (await this.claims.release(standing.claim));
        request.claim = { claim: standing.claim, open: true };
        this.current.run(request.claim, done);
      })
      .catch(done);
  }

  /**
   * When the request was answered because its handler takes too long. The handler goes on and may commit yet: then it marks
   * the claim. Whoever repeats the request meanwhile finds it running.
   */
  giveUp({ claim }: FastifyRequest): void {
    if (claim) setTimeout(() => (claim.open = false), LEASE_MARGIN_SECONDS * 900).unref();
  }

  /** Before the answer is sent: keeps a success, gives the key back after a refusal. */
  async end(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<void> {
    const held = request.claim;
    if (!held?.open) return;
    held.open = false;
    await this.settle(held.claim, reply, payload).catch((error: unknown) => {
      // The answer stands. A repetition finds the claim applied, or its lease running out.
      this.log.error({ err: error, requestId: request.id }, 'The outcome of an Idempotency-Key was not kept');
    });
  }

  private async settle(claim: Claim, reply: FastifyReply, payload: unknown): Promise<void> {
    const status = reply.statusCode;
    if (status >= 400 && (await this.claims.release(claim))) return;
    if (status >= 500) return this.claims.lose(claim);
    const headers = Object.fromEntries(
      KEPT_HEADERS.flatMap((name) => {
        const value = reply.getHeader(name);
        return typeof value === 'string' ? [[name, value]] : [];
      }),
    );
    await this.claims.answered(claim, { status, headers, body: bytesOf(payload) });
  }
}

function fingerprintOf(request: FastifyRequest): Buffer {
  const body = request.body === undefined ? '' : JSON.stringify(request.body);
  return createHash('sha256').update(`${request.method} ${request.raw.url}\n${body}`).digest();
}

function bytesOf(payload: unknown): Buffer | null {
  if (typeof payload === 'string') return Buffer.from(payload);
  return Buffer.isBuffer(payload) ? payload : null;
}

function replay(standing: Exclude<Standing, { kind: 'claimed' }>, reply: FastifyReply): void {
  switch (standing.kind) {
    case 'running':
      throw new RequestRunning('The first request with this Idempotency-Key is still running: ask again in a moment.', {
        headers: { 'Retry-After': '1' },
      });
    case 'other-body':
      throw new KeyReused('This Idempotency-Key was used for another request: choose a new key for each request.');
    case 'answer-lost':
      throw new AnswerLost(
        'The first request with this Idempotency-Key was carried out, but its answer was lost: look at what it made.',
      );
    case 'secret-withheld':
      throw new SecretShownOnce(
        'The first request with this Idempotency-Key was carried out, and its answer held a secret that is never kept: revoke what it made and repeat with a new key.',
      );
    case 'answered': {
      const { status, headers, body } = standing.answer;
      void reply
        .code(status)
        .headers(headers)
        .header('Idempotency-Replayed', 'true')
        .send(body ?? undefined);
    }
  }
}
