import { Injectable, Optional } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  type Actor,
  AddressNotAllowed,
  Authenticator,
  Grants,
  isMember,
  type Member,
  requirePermission,
} from '#platform/access/index.js';
import { Forbidden, NotFound, Unauthenticated } from '#platform/errors/index.js';
import { Quotas } from '#platform/quotas/index.js';
import { OwnOrigins } from './cross-site/own-origins.js';
import { RefusalWatch } from './refusal-watch.js';
import { rateHeaders, type RateVerdict } from './rate/policy.js';
import { addressPrincipal, RateLimits, refuse } from './rate/rate-limits.js';
import type { Demand, RoutePlan } from './routes/route-plan.js';
import { refuseBrokenEncoding, refuseHostileText } from './validation/hostile.js';
import { checkPart } from './validation/request-validation.pipe.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** What programs may ask in a month. People are not counted: nobody is locked out of the console by a program. */
export const API_CALLS = 'api_calls';

/**
 * Stands before every route: who is it, how often do they ask, may they. It runs before the body is read, so that what is
 * refused is not even received.
 */
@Injectable()
export class Gate {
  constructor(
    private readonly grants: Grants,
    private readonly limits: RateLimits,
    private readonly origins: OwnOrigins,
    @Optional() private readonly authenticator?: Authenticator,
    @Optional() private readonly quotas?: Quotas,
    @Optional() readonly watch?: RefusalWatch,
  ) {}

  /**
   * Lets a request through and sets its `actor`.
   *
   * @throws Unauthenticated, Forbidden, NotFound (also for a workspace the caller has no part in), AddressNotAllowed,
   *   TooManyRequests, QuotaExceeded, ForeignOrigin, Unavailable, ValidationFailed for an address that cannot be read
   */
  async admit(plan: RoutePlan, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    checkAddress(request);
    this.checkSite(plan, request, reply);
    const actor = await this.authenticate(plan, request, reply);
    const verdict = this.count(plan, actor, request);
    if (verdict) limited(reply, verdict instanceof Promise ? await verdict : verdict);
    const permitted = await this.permit(plan.demand, actor, request).catch((error: unknown) => {
      if (actor && (error instanceof Forbidden || error instanceof NotFound)) this.tell(plan, actor, request, error);
      throw error;
    });
    if (isMember(permitted) && permitted.kind !== 'user') await this.quotas?.spend(permitted.workspaceId, API_CALLS);
    request.actor = permitted;
    const { params, query } = plan.unbound;
    if (params) checkPart(request.params, params, '/params');
    if (query !== undefined) checkPart(request.query, query, '/query');
  }

  /** Counts a request that no route serves. */
  admitNowhere(request: FastifyRequest, reply: FastifyReply): void {
    limited(reply, this.limits.take(this.limits.policies.anonymous, addressPrincipal(request.ip)));
  }

  private checkSite(plan: RoutePlan, request: FastifyRequest, reply: FastifyReply): void {
    try {
      this.origins.admit(plan, request);
    } catch (error) {
      // Not counted with the attempts to sign in: another site's page could use those of its visitor up.
      this.admitNowhere(request, reply);
      throw error;
    }
  }

  private async authenticate(plan: RoutePlan, request: FastifyRequest, reply: FastifyReply): Promise<Actor | null> {
    if (!this.authenticator) return null;
    try {
      const actor = await this.authenticator.authenticate(request);
      return actor && { ...actor, ...whence(request) };
    } catch (error) {
      const misplaced = error instanceof AddressNotAllowed;
      if (!misplaced && !(error instanceof Unauthenticated)) throw error;
      // A stale token must not keep anybody from signing in again.
      if (plan.demand.kind === 'public') return null;
      this.admitNowhere(request, reply);
      if (misplaced) this.tell(plan, { ...error.actor, ...whence(request) }, request, error);
      throw error;
    }
  }

  private count(
    plan: RoutePlan,
    actor: Actor | null,
    request: FastifyRequest,
  ): RateVerdict | Promise<RateVerdict> | undefined {
    const { policies } = this.limits;
    const rate = plan.endpoint.rateClass ?? 'default';
    if (rate === 'none') return undefined;
    if (rate === 'auth') return this.limits.takeExactly(policies.auth, addressPrincipal(request.ip));
    const principal = actor?.id ?? addressPrincipal(request.ip);
    if (rate !== 'default') return this.limits.take(policies[rate], principal);
    if (!actor) return this.limits.take(policies.anonymous, principal);
    return this.limits.take(actor.kind === 'user' ? policies.user : policies.apiKey, principal);
  }

  private async permit(demand: Demand, actor: Actor | null, request: FastifyRequest): Promise<Actor | Member | null> {
    if (demand.kind === 'public') return actor;
    if (!actor) throw new Unauthenticated('Sign in, or send an API key, to do this.');
    if (demand.kind === 'self') {
      if (actor.kind !== 'user') throw new Forbidden('This is for signed-in people; an API key cannot do it.');
      return actor;
    }
    if (demand.kind === 'operator') {
      if (!actor.operator) throw new Forbidden("This is for the instance's operators.");
      return actor;
    }
    const { workspaceId } = request.params as { workspaceId: string };
    const member = UUID.test(workspaceId) ? await this.grants.memberOf(actor, workspaceId.toLowerCase()) : null;
    if (!member) throw new NotFound('There is no such workspace, or you do not belong to it.');
    requirePermission(member, demand.permission);
    return member;
  }

  private tell(plan: RoutePlan, actor: Actor, request: FastifyRequest, error: Forbidden | NotFound): void {
    // Whoever has no part in a workspace does not write into its trail either; a key has a part in its own.
    const belongs = plan.demand.kind === 'workspace' && error instanceof Forbidden;
    const asked = belongs ? (request.params as { workspaceId: string }).workspaceId.toLowerCase() : null;
    this.watch?.refused({
      actor,
      method: request.method,
      route: request.routeOptions.url ?? plan.name,
      workspaceId: error instanceof AddressNotAllowed ? error.workspaceId : asked,
      permission: plan.endpoint.permission,
      status: error.status,
      code: error.code,
    });
  }
}

/** Where a request comes from, and what it is called. */
function whence({ ip, id }: FastifyRequest): Pick<Actor, 'address' | 'requestId'> {
  return { address: ip, requestId: id };
}

/** Refuses query strings and parameters that no handler could store; almost every address passes at the first look. */
function checkAddress(request: FastifyRequest): void {
  const url = request.raw.url ?? '';
  const mark = url.indexOf('?');
  if (url.includes('%')) {
    if (mark >= 0) refuseBrokenEncoding(url.slice(mark + 1));
    refuseHostileText(request.params as Record<string, unknown>, '/params');
  }
  if (mark >= 0) refuseHostileText(request.query as Record<string, unknown>, '/query');
}

/** @throws TooManyRequests when the verdict is no */
function limited(reply: FastifyReply, verdict: RateVerdict): void {
  refuse(verdict);
  reply.headers(rateHeaders(verdict));
}
