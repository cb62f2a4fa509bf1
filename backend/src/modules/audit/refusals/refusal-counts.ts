import { systemActor, type Actor } from '#platform/access/index.js';
import type { GateRefusal } from '#platform/http/index.js';

/** Refusals alike: of one actor, at one route, in one trail. */
export interface RefusalCount extends GateRefusal {
  /** The first one's, with its session, address and request. */
  actor: Actor;
  count: number;
  firstAt: Date;
  lastAt: Date;
}

/** How many counts a process holds, and how many of them one actor may have. */
export interface RefusalBounds {
  readonly counts: number;
  readonly ofActor: number;
}

/** Stands for routes that are not told apart any more. */
export const SEVERAL = '*';

/**
 * Adds up refusals in bounded memory, and so in a bounded number of events: whoever tries every route gets one count for
 * the routes past the first few; when many actors do, the rest share one count that names none of them.
 */
export class RefusalCounts {
  private counts = new Map<string, RefusalCount>();
  private ofActors = new Map<string, number>();

  constructor(private readonly bounds: RefusalBounds) {}

  /** Counts one. */
  add(refusal: GateRefusal, at = new Date()): void {
    this.merge({ ...refusal, count: 1, firstAt: at, lastAt: at });
  }

  /** What was counted since the last time; counting starts anew. */
  take(): RefusalCount[] {
    const taken = [...this.counts.values()];
    this.counts = new Map();
    this.ofActors = new Map();
    return taken;
  }

  /** Puts counts back that could not be written down. */
  putBack(counts: readonly RefusalCount[]): void {
    for (const count of counts) this.merge(count);
  }

  /** How many events they would make. */
  get size(): number {
    return this.counts.size;
  }

  private merge(added: RefusalCount): void {
    const known = this.counts.get(keyOf(added)) ?? this.counts.get(keyOf(this.room(added)));
    if (known) return join(known, added);
    const made = this.room(added);
    this.counts.set(keyOf(made), made);
    const actor = made.actor.id ?? '';
    this.ofActors.set(actor, (this.ofActors.get(actor) ?? 0) + 1);
  }

  /** The count itself while there is room for one more, or what stands for it. */
  private room(added: RefusalCount): RefusalCount {
    const { actor } = added;
    const full = this.counts.size >= this.bounds.counts;
    if (!full && (this.ofActors.get(actor.id ?? '') ?? 0) < this.bounds.ofActor) return { ...added };
    const coarse = { ...added, workspaceId: null, method: SEVERAL, route: SEVERAL, permission: null };
    return full ? { ...coarse, actor: systemActor() } : coarse;
  }
}

function join(known: RefusalCount, { count, firstAt, lastAt }: RefusalCount): void {
  known.count += count;
  if (firstAt < known.firstAt) known.firstAt = firstAt;
  if (lastAt > known.lastAt) known.lastAt = lastAt;
}

function keyOf({ actor, method, route, workspaceId, status, code }: GateRefusal): string {
  return [actor.id, workspaceId, method, route, status, code].join(' ');
}
