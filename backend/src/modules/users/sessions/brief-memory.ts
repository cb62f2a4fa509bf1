import { LRUCache } from 'lru-cache';

/** How long an answer is believed: a revoked session or key loses access within a second everywhere. */
const TRUST_MS = 900;

/**
 * Remembers answers for less than a second and asks once for those who ask at the same time. An answer's age counts from
 * before the question was sent, so it is never older than it seems.
 */
export class BriefMemory<T extends object> {
  private readonly known = new LRUCache<string, { asked: number; answer: Promise<T | null> }>({ max: 50_000 });

  constructor(private readonly ask: (key: string) => Promise<T | null>) {}

  /** The answer for a key; null when there is none. */
  get(key: string): Promise<T | null> {
    const now = performance.now();
    const found = this.known.get(key);
    if (found && now - found.asked < TRUST_MS) return found.answer;
    const asking = { asked: now, answer: this.ask(key) };
    this.known.set(key, asking);
    asking.answer.catch(() => this.known.get(key) === asking && this.forget(key));
    return asking.answer;
  }

  /** Asks anew next time. */
  forget(key: string): void {
    this.known.delete(key);
  }
}
