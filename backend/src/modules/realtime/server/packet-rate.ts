/** How many seconds' worth may come at once. */
const BURST_SECONDS = 5;

/** A token bucket: so many packets a second on average, and some more at once. */
export class PacketRate {
  private left: number;

  constructor(
    private readonly perSecond: number,
    private at = performance.now(),
  ) {
    this.left = perSecond * BURST_SECONDS;
  }

  /** Counts a packet. @returns false when it is one too many */
  take(now = performance.now()): boolean {
    const full = this.perSecond * BURST_SECONDS;
    this.left = Math.min(full, this.left + ((now - this.at) / 1000) * this.perSecond) - 1;
    this.at = now;
    return this.left >= 0;
  }
}
