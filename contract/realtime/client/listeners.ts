/** Those who want to hear of something. One that throws harms nobody else: its error is thrown by itself, later. */
export class Listeners<T> {
  private readonly heard = new Set<(value: T) => void>();

  /** @returns what ends it */
  add(listener: (value: T) => void): () => void {
    this.heard.add(listener);
    return () => this.heard.delete(listener);
  }

  tell(value: T): void {
    for (const listener of this.heard) guarded(() => listener(value));
  }
}

/** Calls code of somebody else, whose faults must not stop ours; they are seen as uncaught. */
export function guarded(work: () => void): void {
  try {
    work();
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
}
