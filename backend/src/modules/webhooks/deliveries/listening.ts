import { Injectable, Logger } from '@nestjs/common';
import type { EventData, EventType } from '#contract/events/index.js';
import type { OwnerContext } from '#contract/filter/index.js';
import { query, type EntityManager } from '#platform/database/index.js';
import { gather, type Gathered, type LogEvent } from '#platform/event-log/index.js';
import { FilterContexts, FilterTargets, type EventFilters, type Listener } from '#platform/filters/index.js';

type Told = EventData<'webhook_endpoint.created'>;

// As the index of the log names them.
const CHANGES = `('webhook_endpoint.created', 'webhook_endpoint.updated', 'webhook_endpoint.deleted')`;

const ROWS = `
  select id, workspace_id, target, filter, types, state from webhook_endpoint where removed_at is null`;
// What the log still tells after a position, or will: rows are ahead of a reader that is behind.
const FIRST_LATER = `
  select distinct on (subject_id) subject_id as id, workspace_id, type, data
    from (select subject_id, workspace_id, type, data, position, 0::bigint as seq from event
           where position > $1 and type in ${CHANGES}
          union all
          select subject_id, workspace_id, type, data, null, seq from outbox where type in ${CHANGES}) as later
   order by subject_id, position nulls last, seq`;

/**
 * The endpoints that listen, in memory, exactly as they were at the reader's place in the log: it follows the log's own events
 * about endpoints, one by one. What it holds is a matter of a position alone, so it is right whether or not a batch was
 * committed. A batch that does not begin right behind that position (another process read meanwhile, or a batch was undone)
 * fills it anew: from the rows, taken back to how they were there by what the log tells later.
 */
@Injectable()
export class Listening {
  private readonly log = new Logger('webhooks');
  private filters?: EventFilters<Listener>;
  private owner?: OwnerContext;
  /** The last position that this memory knows of; undefined while a batch is on its way. */
  private asOf?: number;

  constructor(
    private readonly targets: FilterTargets,
    private readonly contexts: FilterContexts,
  ) {}

  /** Asks the listeners about each event of a batch, in order, as far as one transaction goes. */
  async follow(
    batch: readonly LogEvent[],
    em: EntityManager,
    next: string | undefined,
    most: number,
  ): Promise<Gathered<Listener>> {
    const position = (batch[0]?.position ?? 1) - 1;
    this.owner ??= await this.contexts.ownerContext({ userId: null });
    const filters = this.asOf === position && this.filters ? this.filters : await this.fill(position, em);
    this.asOf = undefined;
    const gathered = gather(batch, next, most, (event) => {
      this.apply(filters, event);
      // What is for one person, or one project, leaves no workspace.
      return event.scope.kind === 'workspace' ? filters.matching(event) : [];
    });
    // An event that is asked about again changes nothing the second time.
    this.asOf = gathered.stopped ? gathered.stopped.event.position - 1 : (batch.at(-1)?.position ?? position);
    return gathered;
  }

  private async fill(position: number, em: EntityManager): Promise<EventFilters<Listener>> {
    const filters = this.targets.listeners<Listener>();
    const rows = await query<Omit<Told, 'types'> & { id: string; workspace_id: string; types: string[] | null }>(
      em,
      ROWS,
    );
    for (const { id, workspace_id, ...told } of rows) this.put(filters, id, workspace_id, told);
    const later = await query<{ id: string; workspace_id: string; type: EventType; data: { before?: Told } & Told }>(
      em,
      FIRST_LATER,
      [position],
    );
    for (const { id, workspace_id, type, data } of later) {
      if (type === 'webhook_endpoint.created' || data === null) filters.remove(id);
      else this.put(filters, id, workspace_id, data.before ?? data);
    }
    this.filters = filters;
    return filters;
  }

  private apply(filters: EventFilters<Listener>, event: LogEvent): void {
    if (event.type === 'webhook_endpoint.created') this.put(filters, event.subjectId, event.workspaceId, event.data);
    else if (event.type === 'webhook_endpoint.updated')
      this.put(filters, event.subjectId, event.workspaceId, event.data.after);
    else if (event.type === 'webhook_endpoint.deleted') filters.remove(event.subjectId);
  }

  private put(
    filters: EventFilters<Listener>,
    key: string,
    workspaceId: string,
    { target, filter, types, state }: Pick<Told, 'target' | 'filter' | 'types' | 'state'>,
  ): void {
    if (state !== 'enabled') return void filters.remove(key);
    const listener = {
      key,
      workspaceId,
      target,
      filter,
      owner: this.owner!,
      ...(types && { types: types as EventType[] }),
    };
    const fault = filters.put(listener);
    if (fault)
      this.log.warn(`The webhook endpoint ${key} hears nothing: its filter is not right any more (${fault.message})`);
  }
}
