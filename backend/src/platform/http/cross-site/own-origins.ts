import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { InstanceConfig } from '#platform/config/index.js';
import { HttpConfig } from '../http.config.js';
import type { RoutePlan } from '../routes/route-plan.js';
import { ForeignOrigin } from './cross-site.errors.js';

/** What pages use to show things, not to change them (RFC 9110, section 9.2.1). */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whose page sent a request: one of ours, one of another site, or none that says so, such as a program. */
export type Sender = 'own' | 'foreign' | 'unnamed';

/** Tells requests that pages of ours send from those that other sites make browsers send. */
@Injectable()
export class OwnOrigins {
  constructor(
    private readonly config: InstanceConfig,
    private readonly http: HttpConfig,
  ) {}

  /**
   * Browsers name the origin of everything that changes something. It is ours when it is the public one, one that the
   * settings allow, or, over the public one's scheme, that of the host which the request was sent to: no page can make a
   * browser lie about these. Where a browser was kept from naming it, `Sec-Fetch-Site` still tells other sites.
   */
  senderOf({ headers }: { headers: IncomingHttpHeaders }): Sender {
    const { origin } = headers;
    if (origin === undefined) {
      const site = headers['sec-fetch-site'];
      return site === undefined || site === 'same-origin' || site === 'none' ? 'unnamed' : 'foreign';
    }
    if (!URL.canParse(origin)) return 'foreign';
    const [sent, own] = [new URL(origin), new URL(this.config.origin)];
    if (sent.origin === own.origin || this.http.corsOrigins.includes(sent.origin)) return 'own';
    return sent.protocol === own.protocol && sent.host === headers.host ? 'own' : 'foreign';
  }

  /**
   * Keeps pages of other sites from what needs no sign-in and changes something: they could sign a person in to somebody
   * else's account. What needs a sign-in takes it from a header that no browser sends by itself.
   *
   * @throws ForeignOrigin
   */
  admit(plan: RoutePlan, request: FastifyRequest): void {
    if (refusesOtherSites(request.method, plan) && this.senderOf(request) === 'foreign') throw new ForeignOrigin();
  }
}

/** True of routes that `OwnOrigins.admit` keeps other sites from. */
export function refusesOtherSites(method: string, { demand, endpoint }: RoutePlan): boolean {
  return demand.kind === 'public' && !endpoint.anySite && !SAFE.has(method);
}
