import { inject, Injectable, signal } from '@angular/core';
import { problemOf } from '../api';
import { Toasts } from './toasts';

/** As long as a toast with a way back is shown. */
const GRACE_MS = 10_000;

/**
 * Takes things away that the server cannot bring back: they go from the page at once, and for ten seconds a toast brings them
 * back; only then is the server asked. Whoever closes the window before that keeps them.
 */
@Injectable({ providedIn: 'root' })
export class Later {
  private readonly toasts = inject(Toasts);
  private readonly waiting = signal<ReadonlySet<string>>(new Set());
  /** Ids of what is going: lists leave them out. */
  readonly going = this.waiting.asReadonly();

  /** @param text what the toast says @param work asks the server @throws nothing: a refusal brings it back, with the reason */
  remove(id: string, text: string, work: () => Promise<unknown>): void {
    this.waiting.update((all) => new Set([...all, id]));
    const back = () => this.waiting.update((all) => new Set([...all].filter((one) => one !== id)));
    const timer = setTimeout(() => {
      work().catch((error: unknown) => {
        back();
        this.toasts.problem(problemOf(error));
      });
    }, GRACE_MS);
    const end = this.toasts.say({
      text,
      action: {
        label: $localize`Undo`,
        run: () => {
          clearTimeout(timer);
          back();
          end();
        },
      },
    });
  }
}
