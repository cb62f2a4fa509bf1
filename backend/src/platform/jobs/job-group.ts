import { Batches } from '#platform/batches/index.js';
import { blocked, transient } from '#platform/database/index.js';
import type { JobKind } from './job-registry.js';
import type { ClaimedJob } from './job-store.js';
import type { JobOutcome } from './job.types.js';

/** A job that ran, and what is to be stored of it. */
export interface Finished {
  readonly claimed: ClaimedJob;
  readonly outcome: JobOutcome;
}

/** What a group has done for it. */
export interface GroupWork {
  /** Takes jobs of the kind that never ran, the oldest first, up to its `batch`. */
  take(): Promise<ClaimedJob[]>;
  run(claimed: ClaimedJob): Promise<void>;
  /** Stores results in one transaction. @returns for each, whether its attempt still held the job */
  store(finished: readonly Finished[]): Promise<boolean[]>;
  stopping(): boolean;
  /** Told when jobs cannot be taken just now: they are left to the sweeper. */
  gaveUp(error: unknown): void;
}

/** A result waits so long, in milliseconds, for those that run beside it. */
const GATHER_MS = 20;

/**
 * The jobs of one kind that a process takes, runs and stores several at a time. Each run stands by itself: only the statements
 * around it are shared. Jobs that failed before, or whose worker died, are not among them: they run alone, so that one which
 * kills its process takes no other with it twice.
 */
export class JobGroup {
  private loops = 0;
  private again = false;
  /** Jobs that run and have no result yet. */
  private readonly pending = new Set<ClaimedJob>();
  private held: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly results: Batches<Finished, boolean>;

  constructor(
    private readonly kind: Pick<JobKind, 'batch' | 'concurrency'>,
    private readonly work: GroupWork,
  ) {
    const strikesAll = (error: unknown) => transient(error) && !blocked(error);
    this.results = new Batches((finished) => work.store(finished), { most: kind.batch * kind.concurrency, strikesAll });
  }

  /** Takes and runs until nothing is left; when enough loops are at it, one of them looks once more. Never throws. */
  async wake(): Promise<void> {
    this.again = true;
    if (this.loops >= this.kind.concurrency) return;
    this.loops++;
    try {
      while (this.again && !this.work.stopping()) await this.pass();
    } catch (error) {
      this.work.gaveUp(error);
    } finally {
      this.loops--;
    }
  }

  private async pass(): Promise<void> {
    this.again = false;
    const taken = await this.work.take();
    // There may be more, for another loop at once and for this one later.
    if (taken.length === this.kind.batch) void this.wake();
    await this.runAll(taken);
  }

  /** Stores the result of a job of this group, with others if it can. @returns whether the attempt still held the job */
  async finish(finished: Finished): Promise<boolean> {
    if (this.pending.delete(finished.claimed)) await this.gathered();
    return this.results.add(finished);
  }

  private async runAll(taken: readonly ClaimedJob[]): Promise<void> {
    for (const claimed of taken) this.pending.add(claimed);
    await Promise.all(taken.map((claimed) => this.work.run(claimed).finally(() => this.left(claimed))));
  }

  /** One that failed brings no result. */
  private left(claimed: ClaimedJob): void {
    if (this.pending.delete(claimed) && this.pending.size === 0) this.release();
  }

  private async gathered(): Promise<void> {
    if (this.pending.size === 0) return this.release();
    await new Promise<void>((go) => {
      this.held.push(go);
      this.timer ??= setTimeout(() => this.release(), GATHER_MS);
    });
  }

  private release(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const go of this.held.splice(0)) go();
  }
}
