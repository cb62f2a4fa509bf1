import { Injectable } from '@nestjs/common';
import type { EventType } from '#contract/events/index.js';
import { eventVisible, type Member, scopeOf } from '#platform/access/index.js';
import { Reads } from '#platform/database/index.js';
import { exampleEvent } from '../deliveries/examples.js';
import { payloadOf, type ToldOutside } from '../deliveries/payload.js';
import { EndpointRules } from '../endpoints/endpoint-rules.js';
import { NoSuchEndpoint } from '../endpoints/endpoints.errors.js';
import type { EndpointShown, NewEndpoint } from '../endpoints/endpoints.schemas.js';
import { EndpointsService } from '../endpoints/endpoints.service.js';
import type { NewHook, Samples } from './hooks.schemas.js';

const SHOWN = 3;
const EXAMPLE_ID = '01977c5e-8a3b-7c2d-9e4f-5a6b7c8d9e0f';

const RECENT = `
  select e.id, e.workspace_id as "workspaceId", e.type, e.version, e.subject_type as "subjectType", e.subject_id as "subjectId", e.actor,
         e.occurred_at as "occurredAt", e.data
    from event e
   where e.workspace_id = $1 and e.type = $3 and e.scope_kind = 'workspace' and e.data is not null and ${eventVisible(scopeOf('e'), '$2')}
   order by e.position desc limit ${SHOWN}`;

/** REST hooks: what other products call to be told, and to be told no more. Each is an endpoint. */
@Injectable()
export class HooksService {
  constructor(
    private readonly endpoints: EndpointsService,
    private readonly rules: EndpointRules,
    private readonly reads: Reads,
  ) {}

  /** @throws AddressNotUsable, NothingToHear, EventsHidden, FilterRefused, HeaderRefused, TooManyEndpoints, QuotaExceeded */
  async subscribe(
    who: Member,
    { hookUrl, targetUrl, url, event, filter, makeApiKey }: NewHook,
  ): Promise<EndpointShown> {
    const wanted: NewEndpoint = {
      url: hookUrl ?? targetUrl ?? url ?? '',
      description: '',
      target: 'activity',
      filter,
      types: [event],
      headers: makeApiKey === undefined ? {} : { 'x-make-apikey': makeApiKey },
      payloadVersion: 1,
      ratePerSecond: null,
      ordered: false,
      secretKind: 'hmac',
    };
    // Its secret is not told: who wants to verify rotates it, and is shown the new one.
    const { secret: _secret, publicKey: _publicKey, ...shown } = await this.endpoints.create(who, wanted, true);
    return shown;
  }

  /** @throws NoSuchEndpoint also for an endpoint that no REST hook made */
  async unsubscribe(who: Member, id: string): Promise<void> {
    const { hook } = await this.endpoints.one(who, id);
    if (!hook) throw new NoSuchEndpoint();
    await this.endpoints.remove(who, id, undefined);
  }

  /** The newest events of a type as they would be sent; the type's example when there is none. @throws NothingToHear, EventsHidden */
  async samples(who: Member, type: string): Promise<Samples> {
    this.rules.checkTypes(who, this.rules.target(who, 'activity'), [type], '/query/event');
    const values = [who.workspaceId, who.id, type];
    const recent = await this.reads.all<ToldOutside>('webhook_hooks.samples', RECENT, values);
    const { workspaceId } = who;
    const example = () =>
      exampleEvent(type as EventType, { id: EXAMPLE_ID, workspaceId, subjectId: EXAMPLE_ID, occurredAt: new Date(0) });
    const events = recent.length > 0 ? recent : [example()];
    return events.map(
      (event) => JSON.parse(payloadOf({ ...event, occurredAt: new Date(event.occurredAt) })) as Samples[number],
    );
  }
}
