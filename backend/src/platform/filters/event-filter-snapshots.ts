import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breath } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { FilterEngine, type FieldCatalogue } from '#contract/filter/index.js';
import { InstanceConfig, VERSION } from '#platform/config/index.js';
import { MarkSums, type StoredSum } from './mark-sums.js';

/** What is stored of a set of listeners: an engine for each target. */
export interface Stored {
  /** Goes up with every filter that comes or goes. */
  readonly changes: number;
  readonly engines: Iterable<readonly [target: string, engine: FilterEngine]>;
}

/** An engine as a snapshot holds it, and the sums of its filters' marks. */
export interface Restored {
  readonly engine: FilterEngine;
  readonly sums: readonly StoredSum[];
}

/** Fewer changes than these are compiled again sooner than they are written. */
const LEAST_CHANGES = 1_000;
/** A set that did not change from one look to the next is calm. */
const BETWEEN_LOOKS_MS = 5_000;
const PIECE = 1 << 20;
/** Some milliseconds. */
const SUMMED_AT_ONCE = 16_384;
/** What a process that was killed had begun to write. */
const PART = '.part';
const ABANDONED_MS = 3_600_000;

interface Kept {
  readonly stored: Stored;
  /** Its changes at the last writing and at the last look. */
  written: number;
  looked: number;
}

/**
 * Engines of filters on disk, so that a process need not compile a million filters again. What a snapshot holds is never
 * believed by itself: see `StoredEventFilters`.
 */
@Injectable()
export class EventFilterSnapshots implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('filters');
  private readonly folder: string;
  private readonly build = this.builtFrom();
  private readonly kept = new Map<string, Kept>();
  private timer?: NodeJS.Timeout;
  private looking?: Promise<void> | undefined;

  constructor(instance: InstanceConfig) {
    this.folder = join(instance.dataDir, 'filters');
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(
      () => (this.looking ??= this.saveCalm().finally(() => (this.looking = undefined))),
      BETWEEN_LOOKS_MS,
    );
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.save();
  }

  /** From now on stores this set under the name, in the place of the one before. */
  keep(name: string, stored: Stored): void {
    this.kept.set(name, { stored, written: 0, looked: stored.changes });
  }

  /**
   * The engine that was stored for a target, read in steps. The log says why there is none, unless nothing was stored.
   *
   * @param catalogue of the target; one that has changed since makes the snapshot useless
   */
  async restore(name: string, target: string, catalogue: FieldCatalogue): Promise<Restored | undefined> {
    if (this.build === '') return undefined;
    const path = this.path(name, target);
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.ignore(path, error);
      return undefined;
    }
    try {
      const restoring = FilterEngine.restoring(catalogue, pieces(file), this.build);
      for (;;) {
        const { done, value } = restoring.next();
        if (done) return { engine: value.engine, sums: value.note as StoredSum[] };
        await breath();
      }
    } catch (error) {
      this.ignore(path, error);
      return undefined;
    } finally {
      closeSync(file);
    }
  }

  /** Writes every set in which much has changed since it was written. A set that changes meanwhile is left for the next time. */
  async save(): Promise<void> {
    if (this.build === '') return;
    for (const [name, kept] of this.kept) {
      if (kept.stored.changes - kept.written < LEAST_CHANGES) continue;
      try {
        await this.write(name, kept);
      } catch (error) {
        this.log.warn(`The filters of ${name} could not be stored; the next start compiles them: ${String(error)}`);
      }
    }
  }

  private async saveCalm(): Promise<void> {
    const sets = [...this.kept.values()];
    const isCalm = sets.every(({ stored, looked }) => stored.changes === looked);
    for (const kept of sets) kept.looked = kept.stored.changes;
    if (isCalm) await this.save();
  }

  private async write(name: string, kept: Kept): Promise<void> {
    const { stored } = kept;
    const began = stored.changes;
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await this.sweep();
    for (const [target, engine] of stored.engines) {
      const sums = await sumsOf(engine);
      if (stored.changes !== began) return;
      const path = this.path(name, target);
      const part = `${path}.${randomUUID()}${PART}`;
      try {
        const file = await open(part, 'wx', 0o600);
        try {
          for (const chunk of engine.snapshot({ build: this.build, note: sums })) {
            if (chunk.length > 0) await file.writeFile(chunk);
            else await breath();
            // Numbers that the chunks before speak of may mean something else by now.
            if (stored.changes !== began) return;
          }
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(part, path);
      } finally {
        await rm(part, { force: true });
      }
    }
    kept.written = began;
  }

  private ignore(path: string, error: unknown): void {
    this.log.warn(`${path} is passed over, and its filters are compiled again: ${String(error)}`);
  }

  /** Takes away what processes that were killed left. */
  private async sweep(): Promise<void> {
    const names = await readdir(this.folder);
    for (const name of names.filter((file) => file.endsWith(PART))) {
      const path = join(this.folder, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
      if (Date.now() - mtimeMs > ABANDONED_MS) await rm(path, { force: true });
    }
  }

  /**
   * Everything by which the same filter may come to mean something else: the code with its packages, and the zones of Node.
   * Empty for sources that run unbuilt, which may change at any time: nothing is stored then.
   */
  protected builtFrom(): string {
    const stamp = new URL('../../../../.built-from', import.meta.url);
    if (!existsSync(stamp)) return '';
    const { node, tz = '' } = process.versions;
    return `${VERSION} ${readFileSync(stamp, 'utf8')} ${node} ${tz}`;
  }

  private path(name: string, target: string): string {
    return join(this.folder, `${name}.${encodeURIComponent(target)}.snapshot`);
  }
}

async function sumsOf(engine: FilterEngine): Promise<StoredSum[]> {
  const sums = new MarkSums();
  let summed = 0;
  for (const [key, mark] of engine.marks()) {
    sums.add(key, mark);
    if (++summed % SUMMED_AT_ONCE === 0) await breath();
  }
  return sums.stored();
}

function* pieces(file: number): Generator<Uint8Array> {
  for (;;) {
    const piece = new Uint8Array(PIECE);
    const length = readSync(file, piece);
    if (length === 0) return;
    yield piece.subarray(0, length);
  }
}
