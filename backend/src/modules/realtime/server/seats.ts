/** Counts what is open of each principal, and lets no more than so many be. */
export class Seats {
  private readonly taken = new Map<string, number>();

  constructor(private readonly limit: number) {}

  /** Takes a seat. @returns what gives it back, once however often it is called; undefined when all are taken */
  take(principal: string): (() => void) | undefined {
    const taken = this.taken.get(principal) ?? 0;
    if (taken >= this.limit) return undefined;
    this.taken.set(principal, taken + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const left = (this.taken.get(principal) ?? 1) - 1;
      if (left > 0) this.taken.set(principal, left);
      else this.taken.delete(principal);
    };
  }
}
