// Filters that are kept on disk, without a database: for specs, and for the process that one of them kills. Node runs it as it is
// too, so it holds no TypeScript but types.
import { hash } from 'node:crypto';
import { dealFields } from '#contract/filter/index.js';
import type { InstanceConfig } from '#platform/config/index.js';
import {
  EventFilterSnapshots,
  EventSight,
  FilterTargets,
  placeResolver,
  type FilterContexts,
  type Listener,
  type RowListener,
} from '#platform/filters/index.js';

export const owner = { zone: 'UTC', currency: 'USD', places: placeResolver, me: 'a' };

/** As if built from what the caller says. */
export class Snapshots extends EventFilterSnapshots {
  static of = 'a build';

  protected override builtFrom(): string {
    return Snapshots.of;
  }
}

export function snapshotsIn(folder: string): Snapshots {
  return new Snapshots({ dataDir: folder } as InstanceConfig);
}

export function targetsWith(snapshots?: EventFilterSnapshots): FilterTargets {
  const contexts = { rates: new Map([['USD', 1]]) } as unknown as FilterContexts;
  const targets = new FilterTargets(contexts, new EventSight(), snapshots);
  targets.register({
    name: 'deal',
    title: 'Deals',
    permission: 'deals:read',
    events: ['deal.found'],
    catalogue: dealFields,
    from: 'deal d',
    idColumn: 'd.id',
    workspaceColumn: 'd.workspace_id',
    timeColumn: 'd.found_at',
    titleColumn: 'd.title',
    subject: (event) => event.data as Record<string, unknown>,
  });
  return targets;
}

/** A row, with a mark as the database makes one: of all that its filter is compiled from. */
export function row(key: string, filter: string, more: Partial<Listener> = {}): RowListener {
  const listener = { key, workspaceId: 'w1', target: 'deal', filter, owner, ...more };
  const { zone, currency, me } = listener.owner;
  const of = JSON.stringify([key, listener.workspaceId, listener.target, filter, zone, currency, me]);
  return { ...listener, mark: hash('sha256', of, 'buffer').readBigInt64LE() };
}

const ROWS = 5_000;
const TURNS = 5;

/** Rows of which every version changes a fifth. */
export function rowsOf(version: number): RowListener[] {
  return Array.from({ length: ROWS }, (_, at) => {
    const changed = version - ((version + at) % TURNS);
    return row(`k${at}`, `price<=${(at * 7 + changed) % 1_500} -cabin:first`);
  });
}
