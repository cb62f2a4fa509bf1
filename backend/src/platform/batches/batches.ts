import { AsyncResource } from 'node:async_hooks';

/** How items are put together. */
export interface BatchOptions {
  /** So many items at most are worked on together. */
  most: number;
  /**
   * Whether a fault strikes every item alike, such as a database that is away: then all fail of it. Of any other fault one
   * item may be the cause, so each is tried alone.
   */
  strikesAll?(error: unknown): boolean;
  /** A batch that takes longer is no longer waited for: the next begins beside it. Milliseconds; 1,000 when absent. */
  patienceMs?: number;
}

interface Item<T, R> {
  value: T;
  resolve(result: R): void;
  reject(error: unknown): void;
}

// Who comes first works for others too: not under the asynchronous context of one of them.
const outside = new AsyncResource('batches');

/**
 * Work that costs little more for many than for one: a commit, a statement, a flush to the disk. What comes while a batch is
 * worked on makes up the next, so that one item alone waits for nobody, and the busier it gets the larger the batches.
 */
export class Batches<T, R = void> {
  private waiting: Item<T, R>[] = [];
  private working = false;

  /** @param work does it for some items and gives a result for each, in their order; may be asked again with fewer */
  constructor(
    private readonly work: (items: readonly T[]) => Promise<readonly R[]>,
    private readonly options: BatchOptions,
  ) {}

  /** Has it done for one item. @throws what the work throws for it */
  add(value: T): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      this.waiting.push({ value, resolve, reject });
      if (this.working) return;
      this.working = true;
      // Not before what else has arrived by now has been read.
      outside.runInAsyncScope(() => setImmediate(() => void this.run()));
    });
  }

  private async run(): Promise<void> {
    const { most, patienceMs = 1_000 } = this.options;
    while (this.waiting.length > 0) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)));
      await Promise.race([this.together(this.waiting.splice(0, most)), late]);
      clearTimeout(timer);
    }
    this.working = false;
  }

  private async together(items: readonly Item<T, R>[]): Promise<void> {
    try {
      const results = await this.work(items.map(({ value }) => value));
      for (const [i, { resolve }] of items.entries()) resolve(results[i] as R);
    } catch (error) {
      if (items.length === 1 || this.options.strikesAll?.(error)) for (const { reject } of items) reject(error);
      // Not waited for: what one of them waits for is nothing to those that come.
      else for (const item of items) void this.together([item]);
    }
  }
}
