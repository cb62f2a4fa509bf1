import { Injectable, Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Metrics, tracedUntilNow } from '#platform/telemetry/index.js';

/** A request that takes longer, in milliseconds, is worth a line. */
const SLOW_MS = 1000;

type Observe = (seconds: number) => void;

/**
 * Measures every request and logs the few that somebody will look for: faults of ours and slow ones. A line per request
 * costs more than a hot request itself; who needs access logs has them from the reverse proxy.
 */
@Injectable()
export class RequestLog {
  private readonly log = new Logger('http');
  private readonly durations;
  private readonly observers = new Map<string, Observe>();

  constructor(metrics: Metrics) {
    this.durations = metrics.histogram('http_server_request_duration_seconds', 'Time to answer requests.', [
      'method',
      'route',
      'status',
    ]);
  }

  /** Observes every answer of the server. */
  attach(server: FastifyInstance): void {
    server.addHook('onResponse', (request, reply, done) => {
      this.record(request, reply);
      done();
    });
  }

  private record(request: FastifyRequest, reply: FastifyReply): void {
    const elapsed = reply.elapsedTime;
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    this.observer(request.method, route, reply.statusCode)(elapsed / 1000);
    tracedUntilNow(
      `${request.method} ${route}`,
      () => ({ 'http.response.status_code': reply.statusCode, 'signalbox.request_id': request.id }),
      elapsed,
    );
    if (reply.statusCode < 500 && elapsed < SLOW_MS) return;
    this.log.warn({
      requestId: request.id,
      method: request.method,
      route,
      status: reply.statusCode,
      took_ms: Math.round(elapsed),
      actor: request.actor?.id ?? null,
    });
  }

  /** The histogram's child of these labels: found once, since looking labels up costs more than observing. */
  private observer(method: string, route: string, status: number): Observe {
    const key = `${method} ${route} ${status}`;
    let observe = this.observers.get(key);
    if (!observe) {
      const child = this.durations.labels({ method, route, status: String(status) });
      observe = (seconds) => child.observe(seconds);
      this.observers.set(key, observe);
    }
    return observe;
  }
}
