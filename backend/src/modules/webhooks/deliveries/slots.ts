/** From then on a request counts among those of endpoints that are slow. Milliseconds. */
export const SLOW_MS = 1_000;

/** Of endpoints whose last request was answered soon, or of those that fail or take their time. */
type Part = 'quick' | 'slow';

/** Room for one request, as long as it is under way. */
export interface Slot {
  end(): void;
}

/**
 * How many requests one process may have under way, in two parts: however many endpoints hang, those that answer find room.
 * The slow may hold half of it; the quick all that is left, and half of it in any case, since a request of theirs that hangs
 * counts among the slow after a second. Who finds no room waits in line, and is called in turn.
 */
export class Slots<W> {
  private readonly used: Record<Part, number> = { quick: 0, slow: 0 };
  private readonly lines: Record<Part, Set<W>> = { quick: new Set(), slow: new Set() };

  /** @param call tells somebody in line that there is room for one request; false when they need none any more */
  constructor(
    private readonly most: number,
    private readonly call: (waiter: W) => boolean,
  ) {}

  /** Requests under way. */
  get all(): number {
    return this.used.quick + this.used.slow;
  }

  /** Room for a request; undefined when there is none: then `waiter` is called once there is. */
  take(waiter: W, slow: boolean): Slot | undefined {
    let part: Part = slow ? 'slow' : 'quick';
    if (!this.free(part)) {
      this.lines[part].add(waiter);
      return undefined;
    }
    const move = (to: Part): void => {
      this.used[part]--;
      part = to;
      this.used[part]++;
    };
    this.used[part]++;
    const late = setTimeout(() => {
      move('slow');
      this.next();
    }, SLOW_MS);
    return {
      end: () => {
        clearTimeout(late);
        this.used[part]--;
        this.next();
      },
    };
  }

  private free(part: Part): boolean {
    if (part === 'slow') return this.used.slow < this.most / 2 && this.all < this.most;
    return this.all < this.most || (this.used.quick < this.most / 2 && this.all < 2 * this.most);
  }

  private next(): void {
    for (const part of ['quick', 'slow'] as const) {
      const [first] = this.lines[part];
      if (first === undefined || !this.free(part)) continue;
      this.lines[part].delete(first);
      // Not in the middle of what has just ended.
      setImmediate(() => {
        if (!this.call(first)) this.next();
      });
    }
  }
}
