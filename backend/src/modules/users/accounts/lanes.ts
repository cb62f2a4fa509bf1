import { Unavailable } from '#platform/errors/index.js';

/** Too much of the same work waits already. */
export class LanesFull extends Unavailable {
  static override code = 'too_busy';
  static override title = 'Too busy';
}

/** Runs at most `width` pieces of work at once; up to `waiting` more stand in line, first come first served. */
export class Lanes {
  private running = 0;
  private readonly line: (() => void)[] = [];

  constructor(
    private readonly width: number,
    private readonly waiting: number,
  ) {}

  /** @throws LanesFull when the line is full; the work has not started then */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.width) this.running++;
    else await this.turn();
    try {
      return await work();
    } finally {
      // The next in line takes this lane over; only an empty line frees it.
      const next = this.line.shift();
      if (next) next();
      else this.running--;
    }
  }

  private turn(): Promise<void> {
    if (this.line.length >= this.waiting) {
      const extra = { headers: { 'Retry-After': '5' } };
      throw new LanesFull('Too many sign-ins are under way: try again in a moment.', extra);
    }
    return new Promise((resolve) => this.line.push(resolve));
  }
}
