import { inject, Injectable, signal } from '@angular/core';
import { problemOf } from '../api';
import { Session } from '../session/session';
import { Toasts } from './toasts';

/** As long as the toast that takes it back. */
const WAIT_MS = 10_000;

/**
 * Takes things away with a way back, where the server knows none: they are hidden at once, and removed when nobody took that back
 * within ten seconds, or when the page is left.
 */
@Injectable({ providedIn: 'root' })
export class Removals {
  private readonly toasts = inject(Toasts);
  private readonly hidden = signal<ReadonlySet<string>>(new Set());
  private readonly waiting = new Map<string, () => Promise<void>>();

  constructor() {
    inject(Session).beforeSignOut(() => this.flush());
    addEventListener('pagehide', () => this.waiting.forEach((remove) => void remove()));
  }

  /** Removes at once what still waits. */
  async flush(): Promise<void> {
    await Promise.all([...this.waiting.values()].map((remove) => remove()));
  }

  /** Whether something is gone, or about to be: lists leave it out. */
  hides(id: string): boolean {
    return this.hidden().has(id);
  }

  /** @param text what is said of it @param remove does it for good @throws Problem, which brings the thing back */
  remove(id: string, text: string, remove: () => Promise<unknown>): void {
    this.hidden.update((all) => new Set(all).add(id));
    const back = () => {
      this.waiting.delete(id);
      clearTimeout(timer);
      this.hidden.update((all) => new Set([...all].filter((one) => one !== id)));
    };
    const now = async () => {
      if (!this.waiting.delete(id)) return;
      clearTimeout(timer);
      try {
        await remove();
      } catch (error) {
        back();
        this.toasts.problem(problemOf(error));
      }
    };
    const timer = setTimeout(() => void now(), WAIT_MS);
    this.waiting.set(id, now);
    this.toasts.undoable(text, back);
  }
}
