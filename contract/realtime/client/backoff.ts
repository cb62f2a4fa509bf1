/** Delays that double, each somewhere in its upper half, so that clients that were cut off together do not come back together. */
export class Backoff {
  private failures = 0;

  /** @param first and @param most in milliseconds */
  constructor(
    private readonly first: number,
    private readonly most: number,
    private readonly random: () => number = Math.random,
  ) {}

  /** How long to wait after one more failure, in milliseconds. */
  next(): number {
    const ceiling = Math.min(this.most, this.first * 2 ** Math.min(this.failures++, 30));
    return Math.round(ceiling / 2 + (this.random() * ceiling) / 2);
  }

  reset(): void {
    this.failures = 0;
  }
}
