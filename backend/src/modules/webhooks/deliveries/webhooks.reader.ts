import { v7 as uuidv7 } from 'uuid';
import { afterCommit, query, type EntityManager } from '#platform/database/index.js';
import { holdsJobs, LogReader, type LogEvent, type ReadsLog } from '#platform/event-log/index.js';
import { DispatcherPokes } from './dispatcher-pokes.js';
import { OWNER_COLUMNS, OWNER_JOIN, type OwnerRow } from './endpoint-rights.js';
import { EndpointStops } from './endpoint-stops.js';
import { Listening } from './listening.js';
import { OwnerSight } from './owner-sight.js';

const OWNERS = `
  select p.id, ${OWNER_COLUMNS} from webhook_endpoint p ${OWNER_JOIN} where p.id = any($1::uuid[]) and p.removed_at is null`;

const INSERT = `
  with made as (
    insert into webhook_delivery (id, workspace_id, endpoint_id, event_id, event_position, event_type, subject_id, held)
    select id, workspace_id, endpoint_id, event_id, event_position, event_type, subject_id, $2
      from jsonb_to_recordset($1::jsonb) as d(id uuid, workspace_id uuid, endpoint_id uuid, event_id uuid,
           event_position bigint, event_type text, subject_id text)
    on conflict (endpoint_id, event_id) do nothing
    returning endpoint_id),
  lanes as (select l.endpoint_id from webhook_lane l where l.endpoint_id in (select endpoint_id from made)
             order by l.endpoint_id for no key update)
  update webhook_lane l set due_at = least(coalesce(l.due_at, now()), now()), wakes = wakes + 1
    from lanes where l.endpoint_id = lanes.endpoint_id`;

/** Rows of one statement: a thousand endpoints that hear everything make a very long one of a batch. */
const AT_ONCE = 5_000;

interface NewDelivery {
  id: string;
  workspace_id: string;
  endpoint_id: string;
  event_id: string;
  event_position: number;
  event_type: string;
  subject_id: string;
}

/**
 * Asks every endpoint that listens about every event of its workspace, and writes one delivery a match. All of it commits
 * with the reader's cursor: a match is recorded once, whatever dies when. An endpoint whose owner may hear nothing any more is
 * paused; what it matched until then waits for the next owner.
 */
@LogReader({ name: 'webhooks' })
export class WebhooksReader implements ReadsLog {
  constructor(
    private readonly listening: Listening,
    private readonly sight: OwnerSight,
    private readonly stops: EndpointStops,
    private readonly pokes: DispatcherPokes,
  ) {}

  async read(batch: LogEvent[], em: EntityManager): Promise<void> {
    const matched = await this.listening.follow(batch, em);
    if (matched.size === 0) return;
    const ids = [...new Set([...matched.values()].flat())];
    const found = await query<OwnerRow & { id: string }>(em, OWNERS, [ids]);
    const owners = new Map(found.map((row) => [row.id, row]));
    const deaf = new Set(found.filter((row) => this.sight.deaf(row)).map(({ id }) => id));
    const rows: NewDelivery[] = [];
    for (const [event, endpoints] of matched)
      for (const id of endpoints) {
        const owner = owners.get(id);
        if (owner && (deaf.has(id) ? !owner.closed : this.sight.sees(owner, event.type)))
          rows.push(delivery(id, event));
      }
    if (rows.length === 0) return;
    for (let at = 0; at < rows.length; at += AT_ONCE)
      await query(em, INSERT, [JSON.stringify(rows.slice(at, at + AT_ONCE)), holdsJobs(em)]);
    await this.stops.pauseDeaf(em, deaf);
    afterCommit(em, this, () => this.pokes.poke());
  }
}

function delivery(endpointId: string, event: LogEvent): NewDelivery {
  return {
    id: uuidv7(),
    workspace_id: event.workspaceId,
    endpoint_id: endpointId,
    event_id: event.id,
    event_position: event.position,
    event_type: event.type,
    subject_id: event.subjectId,
  };
}
