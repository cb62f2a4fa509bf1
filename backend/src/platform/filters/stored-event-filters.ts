import { setImmediate as breath } from 'node:timers/promises';
import type { FilterError } from '#contract/filter/index.js';
import type { EventFilterSnapshots, Stored } from './event-filter-snapshots.js';
import type { Listener } from './event-filters.js';
import type { FilterTargets } from './filter-targets.js';
import type { JudgedEvent } from './judged-event.js';
import { difference, endOf, type MarkSum, type StoredSum } from './mark-sums.js';
import type { TargetEngines } from './target-engines.js';

/** A listener that is a row of the database. */
export interface RowListener extends Listener {
  /** A hash, by the database, of all that its filter is compiled from: key, workspace, target, filter, owner. */
  readonly mark: bigint;
}

/** A row's mark. */
export type Marked = Pick<RowListener, 'key' | 'target' | 'mark'>;

/** The rows of those who listen. */
export interface ListenerRows<L> {
  /** All of them in sums, by one statement, as they are at one moment. */
  sums(): Promise<readonly MarkSum[]>;
  /** What is hashed of those whose keys have one of these ends. */
  marks(ends: ReadonlySet<string>): Promise<readonly Marked[]>;
  /** Reads all of them in portions, or those of these keys. */
  read(keys: readonly string[] | undefined, take: (listeners: readonly L[]) => void): Promise<void>;
}

/** With more rows than these to be compared one by one, or to be read, all are read. */
const MOST_COMPARED = 500_000;
const MOST_READ = 50_000;
const LOOKED_AT_ONCE = 16_384;

/**
 * Listeners whose filters are kept on disk, so that a start need neither compile nor read a million of them. In memory are the
 * filters, and of the listeners those who were met: their rows are read when an event first matches them.
 *
 * What is on disk is not believed: each filter has the mark of the row that it was compiled from, and a start compares sums of
 * marks with those that the database makes of the rows as they are. Where they differ the rows are read.
 */
export class StoredEventFilters<L extends RowListener> implements Stored {
  private readonly met = new Map<string, L>();
  private changed = 0;

  /** Made by `FilterTargets.stored()`. @param kept where its engines are stored, and under which name */
  constructor(
    private readonly targets: FilterTargets,
    readonly engines: TargetEngines,
    private readonly kept: { readonly name: string; readonly snapshots: EventFilterSnapshots } | undefined,
  ) {}

  /** How many filters have come and gone, those of a snapshot left out. */
  get changes(): number {
    return this.changed;
  }

  get size(): number {
    return this.engines.size;
  }

  /** Fills an empty set. @returns how many rows were read for it */
  async fill(rows: ListenerRows<L>): Promise<number> {
    let read = 0;
    // The database sums up while this process reads the disk.
    const [now, stored] = await Promise.all([rows.sums(), this.restore()]);
    const { ends, rows: differing } = difference(stored, now);
    if (ends.size > 0) {
      const unclaimed = new Set<string>();
      let looked = 0;
      for (const [, engine] of this.engines)
        for (const [key] of engine.marks()) {
          if (ends.has(endOf(key))) unclaimed.add(key);
          if (++looked % LOOKED_AT_ONCE === 0) await breath();
        }
      const marked = stored.size > 0 && differing <= MOST_COMPARED ? await rows.marks(ends) : undefined;
      for (const { key } of marked ?? []) unclaimed.delete(key);
      const changed = marked?.filter((row) => !this.holds(row)).map(({ key }) => key);
      await rows.read(changed && changed.length <= MOST_READ ? changed : undefined, (listeners) => {
        read += listeners.length;
        for (const listener of listeners) {
          unclaimed.delete(listener.key);
          this.hold(listener);
        }
      });
      for (const key of unclaimed) this.remove(key);
    }
    this.kept?.snapshots.keep(this.kept.name, this);
    return read;
  }

  /** The listener of this key, if its row was read. */
  get(key: string): L | undefined {
    return this.met.get(key);
  }

  /** Adds a listener whose row was read, or replaces the one of its key. @returns the fault of its filter, as `TargetEngines.put` */
  put(listener: L): FilterError | undefined {
    this.met.set(listener.key, listener);
    return this.hold(listener);
  }

  /** @returns false when there is none of this key */
  remove(key: string): boolean {
    this.met.delete(key);
    const removed = this.engines.remove(key);
    if (removed) this.changed += 1;
    return removed;
  }

  /** The keys of those whose filter the event matches, in no particular order, whether or not their rows were read. */
  matching(event: JudgedEvent): string[] {
    return this.engines.matching(event);
  }

  /** Compiles a filter, unless it is what it was. */
  private hold(listener: L): FilterError | undefined {
    if (this.holds(listener)) return undefined;
    this.changed += 1;
    return this.engines.put(listener, listener.mark);
  }

  private holds({ key, target, mark }: Marked): boolean {
    if (this.engines.mark(target, key) !== mark) return false;
    // Of two snapshots that were not written together both may have it.
    this.engines.removeElsewhere(key, target);
    return true;
  }

  /** @returns the sums of what was restored, by target */
  private async restore(): Promise<Map<string, readonly StoredSum[]>> {
    const sums = new Map<string, readonly StoredSum[]>();
    if (!this.kept) return sums;
    const { name, snapshots } = this.kept;
    for (const { name: target, catalogue } of this.targets.all()) {
      const restored = await snapshots.restore(name, target, catalogue);
      if (!restored) continue;
      this.engines.restore(target, restored.engine);
      sums.set(target, restored.sums);
    }
    return sums;
  }
}
