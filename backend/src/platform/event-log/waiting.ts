/** A bell between loops: `wake` ends the wait that runs, or else the next one. */
export class Bell {
  private rung = false;
  private ring?: () => void;

  wake(): void {
    this.rung = true;
    this.ring?.();
  }

  /** Waits for a wake-up, at most `ms` milliseconds. @returns true when it was woken */
  async wait(ms: number): Promise<boolean> {
    if (!this.rung) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.ring = resolve;
        timer = setTimeout(resolve, ms);
      });
      clearTimeout(timer);
      this.ring = undefined;
    }
    const rung = this.rung;
    this.rung = false;
    return rung;
  }
}

/** Delays that double from `first` to `most` milliseconds, each with full jitter in its upper half. */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly first: number,
    private readonly most: number,
  ) {}

  /** The next delay in milliseconds. */
  next(): number {
    const ceiling = Math.min(this.most, this.first * 2 ** Math.min(this.failures++, 30));
    return ceiling / 2 + (Math.random() * ceiling) / 2;
  }

  /** True until the first failure after a success. */
  get fresh(): boolean {
    return this.failures === 0;
  }

  reset(): void {
    this.failures = 0;
  }
}
