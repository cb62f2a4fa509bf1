import { Inject, Injectable } from '@nestjs/common';
import type { EventType } from '#contract/events/index.js';
import type { Member, Permission } from '#platform/access/index.js';
import { InstanceConfig } from '#platform/config/index.js';
import {
  EventSight,
  FilterContexts,
  FilterTargets,
  readFilter,
  tellable,
  type FilterTarget,
} from '#platform/filters/index.js';
import { AddressRefused, HttpClient, OutboundFailed } from '#platform/http-client/index.js';
import type { EndpointOwner } from './endpoint.entity.js';
import { AddressNotUsable, EventsHidden, NothingToHear } from './endpoints.errors.js';

/** What an endpoint may be: where it may go, what it may listen to, and for whom. */
@Injectable()
export class EndpointRules {
  constructor(
    private readonly targets: FilterTargets,
    private readonly sight: EventSight,
    private readonly contexts: FilterContexts,
    private readonly http: HttpClient,
    @Inject(InstanceConfig) private readonly instance: InstanceConfig,
  ) {}

  /** @throws AddressNotUsable */
  async checkUrl(url: string, path = '/body/url'): Promise<void> {
    const own = `${this.instance.origin}/api/v1/incoming-webhooks/`;
    if (URL.canParse(url) && new URL(url).href.startsWith(own))
      throw new AddressNotUsable('The address takes webhooks for this instance: they would go round in circles.', path);
    try {
      await this.http.check(url);
    } catch (error) {
      if (error instanceof AddressRefused || error instanceof OutboundFailed)
        throw new AddressNotUsable(error.message, path);
      throw error;
    }
  }

  /** @throws NothingToHear, EventsHidden */
  target(who: Member, name: string): FilterTarget {
    if (!this.targets.has(name))
      throw new NothingToHear(
        '/body/target',
        name,
        this.targets.all().map((t) => t.name),
      );
    const target = this.targets.get(name);
    if (!who.permissions.has(target.permission)) throw new EventsHidden(target.title, target.permission);
    return target;
  }

  /** @throws NothingToHear for a type that the target does not hear, EventsHidden for one the caller may not see */
  checkTypes(
    who: Member,
    target: FilterTarget,
    types: readonly string[] | null | undefined,
    path = '/body/types',
  ): void {
    for (const type of types ?? []) {
      if (!isTellable(type) || !target.events.includes(type))
        throw new NothingToHear(path, type, this.typesFor(who, target));
      const needed = this.sight.needed(type);
      if (!who.permissions.has(needed)) throw new EventsHidden(`Events of type "${type}"`, needed);
    }
  }

  /** @throws EventsHidden when the caller may see none of the types that an endpoint names */
  checkSome(who: Member, types: readonly string[] | null): void {
    if (types === null) return;
    const needed = types.map((type) => this.sight.needed(type as EventType));
    if (!needed.some((permission) => who.permissions.has(permission)))
      throw new EventsHidden('The events that this endpoint asks for', [...new Set(needed)].join('" or "'));
  }

  /** @throws FilterRefused */
  async checkFilter(target: FilterTarget, filter: string): Promise<void> {
    readFilter(filter, target.catalogue, await this.contexts.context({ userId: null }), '/body/filter');
  }

  /** The types of a target that the caller may be told of. */
  typesFor(who: { permissions: ReadonlySet<Permission> }, target: FilterTarget): EventType[] {
    return this.sight.types(who.permissions).filter((type) => target.events.includes(type));
  }
}

function isTellable(type: string): type is EventType {
  return (tellable as readonly string[]).includes(type);
}

/** Whose rights an endpoint gets that the caller makes or takes over: theirs, as far as their key reaches. */
export function ownerOf({ kind, id, workspaceId, userId, serviceAccountId, scopes }: Member): EndpointOwner {
  const ownerId = userId ?? serviceAccountId ?? null;
  return { workspaceId, ownerId, ownerScopes: scopes ? [...scopes] : null, ownerKeyId: kind === 'user' ? null : id };
}
