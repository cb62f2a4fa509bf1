// Parked events of the whole application, for specs of the routes that settle them.
import { v7 as uuidv7 } from 'uuid';
import type { Tenant } from './tenants.js';

/** A reader that the application has. */
export const READER = 'subscriptions';

let position = 1_000_000;

/** Parks an event whose data was erased since, so that it can be read again without any effect. @returns its position */
export async function parkedEvent({ whole, workspace }: Tenant): Promise<string> {
  position++;
  const event = {
    position,
    id: uuidv7(),
    workspaceId: workspace.id,
    scope: { kind: 'workspace' },
    type: 'deal.expired',
    version: 1,
    subjectType: 'deal',
    subjectId: uuidv7(),
    actor: { kind: 'system', id: null, userId: null },
    data: null,
    occurredAt: new Date(),
  };
  await whole.make.sql(
    `insert into parked_event (reader, position, event_id, workspace_id, type, subject_type, subject_id, event, state, error, attempts)
     values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, 'parked', 'Error: could not be read', 1)`,
    [READER, position, event.id, workspace.id, event.type, event.subjectType, event.subjectId, JSON.stringify(event)],
  );
  return String(position);
}
