import type { FastifyReply, FastifyRequest, onSendHookHandler, RouteOptions } from 'fastify';
import { ValidationFailed } from '#platform/errors/index.js';
import type { Gate } from '../gate.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { conditional, tagVersion } from '../responses/conditional.js';
import { narrow, requestedFields } from '../responses/narrow.js';
import type { RoutePlan } from '../routes/route-plan.js';
import type { RouteTable } from '../routes/route-table.js';
import { checkPart } from '../validation/request-validation.pipe.js';
import { OnlyGet } from './only-get.js';
import { WrongAnswer } from './wrong-answer.js';

type Done = (error?: Error) => void;

const BODY_METHODS = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * Gives each route the hooks that its endpoint needs and no others, bound to its plan: a plain read runs the gate and
 * nothing else.
 */
export class RouteHooks {
  constructor(
    private readonly routes: RouteTable,
    private readonly gate: Gate,
    private readonly idempotency: Idempotency,
    private readonly checkAnswers: boolean,
  ) {}

  /** @throws BareRoute when the route has no endpoint */
  attach(route: RouteOptions): void {
    // The preflight route of the CORS plugin, which answers before any handler.
    if (route.method === 'OPTIONS' && route.url === '*') return;
    const plan = this.routes.add(route);
    const method = String(route.method);
    if (method === 'HEAD' && plan.endpoint.getOnly) {
      route.onRequest = prepend(
        attempt((request, reply) => this.refuseHead(request, reply)),
        route.onRequest,
      );
      return;
    }
    if (plan.endpoint.bodyLimit) route.bodyLimit = plan.endpoint.bodyLimit;
    route.onRequest = prepend(
      (request: FastifyRequest, reply: FastifyReply) => this.gate.admit(plan, request, reply),
      route.onRequest,
    );
    const before = this.beforeHandler(plan, method);
    if (before.length > 0) route.preHandler = [...before, ...list(route.preHandler)];
    if (plan.fields || plan.endpoint.etag) route.preSerialization = prepend(shape(plan), route.preSerialization);
    const after = this.beforeSending(plan, method);
    if (after.length > 0) route.onSend = [...after, ...list(route.onSend)];
  }

  /** For requests that no route serves. */
  nowhere(request: FastifyRequest, reply: FastifyReply, done: Done): void {
    if (!request.is404) return done();
    try {
      this.gate.admitNowhere(request, reply);
    } catch (error) {
      return done(error as Error);
    }
    done();
  }

  private refuseHead(request: FastifyRequest, reply: FastifyReply): never {
    this.gate.admitNowhere(request, reply);
    throw new OnlyGet();
  }

  private beforeHandler(plan: RoutePlan, method: string) {
    const hooks: ((request: FastifyRequest, reply: FastifyReply, done: Done) => void)[] = [];
    const { body } = plan.unbound;
    if (body !== undefined && BODY_METHODS.has(method))
      hooks.push(attempt((request) => checkPart(request.body, body, '/body')));
    const { fields } = plan;
    if (fields)
      hooks.push(attempt((request) => requestedFields((request.query as { fields?: unknown }).fields, fields)));
    if (Idempotency.applies(method, plan))
      hooks.push((request, reply, done) => this.idempotency.begin(plan, request, reply, done));
    return hooks;
  }

  private beforeSending(plan: RoutePlan, method: string): onSendHookHandler[] {
    const hooks: onSendHookHandler[] = [];
    const { endpoint } = plan;
    if (this.checkAnswers)
      hooks.push((_request, reply, payload, done) => {
        const fault = WrongAnswer.find(plan, reply.statusCode, payload);
        if (fault) done(fault);
        else done(null, payload);
      });
    if (endpoint.etag) hooks.push((request, reply, payload, done) => done(null, conditional(request, reply, payload)));
    if (Idempotency.applies(method, plan))
      hooks.push((request, reply, payload, done) => {
        if (!request.claim) return done(null, payload);
        void this.idempotency.end(request, reply, payload).then(() => done(null, payload));
      });
    return hooks;
  }
}

/** Tags and narrows the answer while it is an object. */
function shape({ endpoint, fields }: RoutePlan) {
  return (
    request: FastifyRequest,
    reply: FastifyReply,
    answer: unknown,
    done: (error: Error | null, answer?: unknown) => void,
  ): void => {
    if (reply.statusCode >= 300) return done(null, answer);
    if (endpoint.etag) tagVersion(reply, answer);
    const wanted = fields && requestedFields((request.query as { fields?: unknown }).fields, fields);
    done(null, wanted ? narrow(answer, wanted) : answer);
  };
}

function attempt(work: (request: FastifyRequest, reply: FastifyReply) => unknown) {
  return (request: FastifyRequest, reply: FastifyReply, done: Done): void => {
    try {
      work(request, reply);
    } catch (error) {
      return done(error instanceof Error ? error : new ValidationFailed(String(error)));
    }
    done();
  };
}

function list<T>(hooks: T | T[] | undefined): T[] {
  return hooks === undefined ? [] : ([hooks].flat() as T[]);
}

function prepend<T>(hook: T, hooks: T | T[] | undefined): T[] {
  return [hook, ...list(hooks)];
}
