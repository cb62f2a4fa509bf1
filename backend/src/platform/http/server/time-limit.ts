import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Idempotency } from '../idempotency/idempotency.js';
import type { ProblemFilter } from '../problems/problem.filter.js';

declare module 'fastify' {
  interface FastifyReply {
    /** True once an answer, or the refusal in its place, is being sent. */
    answering: boolean;
  }
}

/**
 * Ends requests that take too long, with and without a body. Fastify's `handlerTimeout` is not used: it stops its clock
 * when the request's stream closes, which is as soon as a body is read (lib/route.js, 5.12.8).
 */
export class TimeLimit {
  /** @param ms for a request to arrive and its answer to begin, and then for the longest silence within the answer */
  constructor(
    private readonly ms: number,
    private readonly problems: ProblemFilter,
    private readonly idempotency: Idempotency,
  ) {}

  /** Starts a clock with every request of the server; add it before hooks that may take long. */
  attach(server: FastifyInstance): void {
    server.decorateReply('answering', false);
    server.addHook('onRequest', (request, reply, done) => {
      const clock = setTimeout(() => this.expire(request, reply), this.ms);
      reply.raw.once('close', () => clearTimeout(clock));
      done();
    });
    server.addHook('onSend', (_request, reply, payload, done) => {
      reply.answering = true;
      done(null, payload);
    });
  }

  private expire(request: FastifyRequest, reply: FastifyReply): void {
    if (reply.answering || reply.raw.headersSent) {
      // The handler has done its part: a large answer may take long, as long as it moves. Node ends a silent socket.
      reply.raw.socket?.setTimeout(this.ms);
      return;
    }
    this.idempotency.giveUp(request);
    this.problems.giveUp(request, reply);
  }
}
