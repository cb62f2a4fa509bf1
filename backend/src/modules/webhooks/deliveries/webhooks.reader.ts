import { v7 as uuidv7 } from 'uuid';
import { afterCommit, query, type EntityManager } from '#platform/database/index.js';
import {
  type Gathered,
  holdsJobs,
  LogReader,
  type LogEvent,
  type ReadsLog,
  type ReadTo,
} from '#platform/event-log/index.js';
import { DispatcherPokes } from './dispatcher-pokes.js';
import { EndpointStops } from './endpoint-stops.js';
import type { Handed } from './lane.js';
import { ENDPOINTS, LANE_SECONDS, type DueRow, type ServedEndpoint } from './lane-store.js';
import { Listening } from './listening.js';
import { OwnerSight } from './owner-sight.js';
import { Told } from './told.js';

// The lanes of what was made: those that nobody holds are taken for the dispatcher of this process ($3; null where none runs), so
// that what was made is sent without being looked for. Not before the other side wants to be asked.
const INSERT = `
  with made as (
    insert into webhook_delivery (id, workspace_id, endpoint_id, event_id, event_position, event_type, subject_id, held)
    select id, workspace_id, endpoint_id, event_id, event_position, event_type, subject_id, $2
      from jsonb_to_recordset($1::jsonb) as d(id uuid, workspace_id uuid, endpoint_id uuid, event_id uuid,
           event_position bigint, event_type text, subject_id text)
    on conflict (endpoint_id, event_id) do nothing
    returning endpoint_id),
  lanes as (
    select l.endpoint_id, m.made, $3::text is not null and (l.owner is null or l.held_until < now())
                                    and coalesce(l.quiet_until < now(), true) as taken
      from (select endpoint_id, count(*) as made from made group by endpoint_id) m
      join webhook_lane l on l.endpoint_id = m.endpoint_id order by l.endpoint_id for no key update of l)
  update webhook_lane l
     set due_at = greatest(least(coalesce(l.due_at, now()), now()), l.quiet_until), wakes = l.wakes + 1,
         owner = case when taken then $3 else l.owner end, epoch = l.epoch + taken::int,
         held_until = case when taken then now() + interval '${LANE_SECONDS} seconds' else l.held_until end
    from lanes where l.endpoint_id = lanes.endpoint_id
  returning l.endpoint_id as id, l.epoch::text, l.wakes::text, lanes.made::int, l.owner is not distinct from $3 as ours,
            case when taken then old.due_at is null end as alone`;

interface NewDelivery {
  readonly id: string;
  readonly endpointId: string;
  readonly event: LogEvent;
  readonly told: Told;
}

/** A lane that something was written to. */
interface WokenLane {
  readonly id: string;
  readonly epoch: string;
  readonly wakes: string;
  /** Rows that were not there yet. */
  readonly made: number;
  /** It is held by the dispatcher of this process. */
  readonly ours: boolean;
  /** Nothing else waited in it when it was taken for these; null when it was not taken. */
  readonly alone: boolean | null;
  readonly rows: readonly NewDelivery[];
}

/**
 * Asks every endpoint that listens about every event of its workspace, and writes one delivery a match. All of it commits
 * with the reader's cursor: a match is recorded once, whatever dies when. An endpoint whose owner may hear nothing any more is
 * paused; what it matched until then waits for the next owner.
 */
@LogReader({ name: 'webhooks' })
export class WebhooksReader implements ReadsLog {
  /** So many deliveries, or hardly more, are written by one transaction: a thousand endpoints may hear everything. */
  atOnce = 5_000;

  constructor(
    private readonly listening: Listening,
    private readonly sight: OwnerSight,
    private readonly stops: EndpointStops,
    private readonly pokes: DispatcherPokes,
  ) {}

  async read(batch: LogEvent[], em: EntityManager, next?: string): Promise<ReadTo | undefined> {
    const { heard, stopped } = await this.listening.follow(batch, em, next, this.atOnce);
    await this.record(em, heard);
    return stopped;
  }

  private async record(em: EntityManager, heard: Gathered<{ key: string }>['heard']): Promise<void> {
    const ids = [...new Set(heard.flatMap(({ listeners }) => listeners.map(({ key }) => key)))];
    if (ids.length === 0) return;
    const found = await query<ServedEndpoint>(em, ENDPOINTS, [ids]);
    const owners = new Map(found.map((row) => [row.id, row]));
    const deaf = new Set(found.filter((row) => this.sight.deaf(row)).map(({ id }) => id));
    const rows: NewDelivery[] = [];
    for (const { event, listeners } of heard) {
      if (listeners.length === 0) continue;
      const told = new Told(() => event);
      for (const { key: id } of listeners) {
        const owner = owners.get(id);
        if (owner && !owner.removed && (deaf.has(id) ? !owner.closed : this.sight.sees(owner, event.type)))
          rows.push({ id: uuidv7(), endpointId: id, event, told });
      }
    }
    if (rows.length === 0) return;
    const here = holdsJobs(em) ? undefined : this.pokes.here;
    const lanes = await this.write(em, rows, here?.owner ?? null);
    await this.stops.pauseDeaf(em, deaf);
    // Each part of a batch has lanes of its own to hand on: none takes the place of another.
    afterCommit(em, lanes, () => {
      if (!here) return this.pokes.poke();
      if (lanes.some(({ ours }) => !ours)) this.pokes.pokeOthers();
      const served = (id: string) => owners.get(id)!.served && !deaf.has(id);
      here.handed(lanes.filter(({ ours }) => ours).map((lane) => handed(lane, owners.get(lane.id)!, served(lane.id))));
    });
  }

  private async write(em: EntityManager, some: NewDelivery[], owner: string | null): Promise<WokenLane[]> {
    const columns = some.map(({ id, endpointId, event }) => ({
      id,
      workspace_id: event.workspaceId,
      endpoint_id: endpointId,
      event_id: event.id,
      event_position: event.position,
      event_type: event.type,
      subject_id: event.subjectId,
    }));
    const woken = await query<Omit<WokenLane, 'rows'>>(em, INSERT, [JSON.stringify(columns), holdsJobs(em), owner]);
    const rows = Map.groupBy(some, ({ endpointId }) => endpointId);
    return woken.map((lane) => ({ ...lane, rows: rows.get(lane.id) ?? [] }));
  }
}

/** What was written to a lane, as its dispatcher takes it; what was there already, or is not to be sent now, it reads itself. */
function handed({ id, epoch, wakes, made, alone, rows }: WokenLane, endpoint: ServedEndpoint, served: boolean): Handed {
  const all = served && made === rows.length;
  return { id, epoch, wakes, endpoint, alone: alone ?? undefined, rows: all ? rows.map(due) : undefined };
}

function due({ id, event, told }: NewDelivery): DueRow {
  const { id: eventId, type, subjectId, workspaceId } = event;
  return { id, eventId, type, subjectId, test: false, failures: 0, workspaceId, due: true, told };
}
