import type { OutgoingHttpHeaders } from 'node:http';
import {
  Catch,
  HttpException,
  Logger,
  NotFoundException,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isMember } from '#platform/access/index.js';
import { Forbidden } from '#platform/errors/index.js';
import type { RefusalPage } from '../endpoint.js';
import type { RefusalWatch } from '../refusal-watch.js';
import type { RouteTable } from '../routes/route-table.js';
import { HANDLER_TIMEOUT, PROBLEM_TYPE, problemOf, type Refusal, REQUEST_TIMEOUT } from './problem.js';
import { translate } from './translate.js';

/** Headers of the answer that a handler had begun to make; they say nothing true about the refusal in its place. */
const OF_ANOTHER_ANSWER = [
  'Content-Disposition',
  'Content-Encoding',
  'ETag',
  'Last-Modified',
  'Location',
  'Set-Cookie',
];

/** Answers everything that is thrown, by handlers, plugins and the server itself, as a problem document. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('http');

  /** @param watch hears what handlers refuse; what the gate refuses it hears of the gate */
  constructor(
    private readonly routes: RouteTable,
    private readonly watch?: RefusalWatch,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /**
   * Answers in place of a handler that takes too long: at once and past the server's hooks, so that nothing that is still
   * under way can mix with it. Whatever the handler sends or throws later is ignored.
   */
  giveUp(request: FastifyRequest, reply: FastifyReply): void {
    // A body that is still dripping in is the caller's slowness, and the connection is of no more use.
    const refusal: Refusal = request.raw.complete
      ? HANDLER_TIMEOUT
      : { ...REQUEST_TIMEOUT, headers: { Connection: 'close' } };
    if (refusal.ours) this.log.error(named(request), refusal.detail);
    for (const name of OF_ANOTHER_ANSWER) reply.removeHeader(name);
    const body = Buffer.from(JSON.stringify(problemOf(refusal, request.id)));
    reply.headers({ ...refusal.headers, 'Content-Type': PROBLEM_TYPE, 'Cache-Control': 'no-store' });
    reply.header('Content-Length', body.length);
    reply
      .hijack()
      .raw.writeHead(refusal.status, reply.getHeaders() as OutgoingHttpHeaders)
      .end(body);
  }

  /** Sends the problem, or ends the connection when an answer has begun already. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const refusal = this.missing(error, request) ?? translate(error);
    if (refusal.ours) this.log.error({ err: error, ...named(request) });
    if (error instanceof Forbidden) this.tell(error, request);
    // Given up meanwhile: the caller has an answer, and the connection may be busy with the next request.
    if (reply.sent) return;
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    if (refusal.status === 401) reply.header('WWW-Authenticate', 'Bearer realm="Signalbox"');
    if (refusal.headers) reply.headers(refusal.headers);
    reply.removeHeader('ETag');
    if (refusal.headers?.['ETag']) reply.header('ETag', refusal.headers['ETag']);
    const page = this.page(refusal, request);
    if (page) {
      const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': page.policy };
      void reply.code(refusal.status).headers(headers).header('Cache-Control', 'no-store').send(page.html);
      return;
    }
    void reply
      .code(refusal.status)
      .header('Content-Type', PROBLEM_TYPE)
      .header('Cache-Control', 'no-store')
      .send(JSON.stringify(problemOf(refusal, request.id)));
  }

  /** What a person is shown who followed a link, on routes that have such a page. */
  private page(refusal: Refusal, { headers, routeOptions }: FastifyRequest): ReturnType<RefusalPage> | undefined {
    if (!/\btext\/html\b/i.test(headers.accept ?? '')) return undefined;
    return routeOptions.config.endpoint?.refusalPage?.(refusal, { headers });
  }

  /** Only whom the gate let in has an actor here. */
  private tell({ status, code }: Forbidden, { actor, method, routeOptions }: FastifyRequest): void {
    if (!actor) return;
    const workspaceId = isMember(actor) ? actor.workspaceId : null;
    this.watch?.refused({ actor, method, route: routeOptions.url ?? '', workspaceId, permission: null, status, code });
  }

  /** A path that no route serves: 404, or 405 when other methods are served there. */
  private missing(error: unknown, request: FastifyRequest): Refusal | undefined {
    if (
      !request.is404 ||
      !(error instanceof NotFoundException || (error instanceof HttpException && error.getStatus() === 404))
    )
      return undefined;
    const methods = this.routes.methodsAt(path(request));
    if (methods.length === 0)
      return {
        status: 404,
        code: 'not_found',
        title: 'Not found',
        detail: `There is nothing at ${request.method} ${path(request)}.`,
      };
    return {
      status: 405,
      code: 'method_not_allowed',
      title: 'Method not allowed',
      detail: `${request.method} is not possible here; ${methods.join(', ')} ${methods.length > 1 ? 'are' : 'is'}.`,
      headers: { Allow: methods.join(', ') },
    };
  }
}

function named(request: FastifyRequest): { requestId: string; method: string; path: string } {
  return { requestId: request.id, method: request.method, path: path(request) };
}

function path(request: FastifyRequest): string {
  return (request.raw.url ?? '/').split('?', 1)[0]?.slice(0, 200) ?? '/';
}
