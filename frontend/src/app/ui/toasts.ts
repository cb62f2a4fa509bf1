import { ChangeDetectionStrategy, Component, inject, Injectable, signal } from '@angular/core';
import { type Problem } from '../api';

export interface Toast {
  readonly text: string;
  readonly bad?: boolean;
  /** Stays until it is acted on. */
  readonly lasting?: boolean;
  /** What takes it back, or leads on. */
  readonly action?: { readonly label: string; run(): unknown };
}

/** A toast as it stands there. */
interface Shown extends Toast {
  readonly id: number;
  end(): void;
}

/** Short words on what was just done, with a way to take it back. */
@Injectable({ providedIn: 'root' })
export class Toasts {
  private readonly shown = signal<readonly Shown[]>([]);
  readonly all = this.shown.asReadonly();
  private last = 0;

  /** Shows a toast; it goes by itself after six seconds, or ten where it can be taken back. @returns what ends it */
  say(toast: Toast): () => void {
    const id = ++this.last;
    const end = () => this.shown.update((all) => all.filter((one) => one.id !== id));
    // Those that can be acted on stay; of the others the newest three.
    const plain = this.shown().filter(({ action }) => !action);
    const dropped = new Set(plain.slice(0, Math.max(0, plain.length - 2)));
    this.shown.update((all) => [...all.filter((one) => !dropped.has(one)), { ...toast, id, end }]);
    if (!toast.lasting) setTimeout(end, toast.action ? 10_000 : 6000);
    return end;
  }

  /** Says what was refused, and why. */
  problem(problem: Problem, action?: Toast['action']): void {
    this.say({ text: problem.message, bad: true, ...(action && { action }) });
  }

  /** Says that something is gone, and lets it be taken back. */
  undoable(text: string, undo: () => unknown): void {
    this.say({ text, action: { label: $localize`Undo`, run: undo } });
  }
}

/** Where toasts appear; once, in the root. */
@Component({
  selector: 'sb-toasts',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: {
    role: 'status',
    'aria-live': 'polite',
    class: 'fixed inset-x-4 bottom-20 z-50 grid justify-items-center gap-2 lg:bottom-6 pointer-events-none',
  },
  template: `
    @for (toast of toasts.all(); track toast.id) {
      <div
        class="pointer-events-auto flex max-w-[min(560px,100%)] items-center gap-3 rounded-xl bg-ink py-2.5 pr-3 pl-4 text-page shadow-(--shadow-high)"
        [attr.role]="toast.bad ? 'alert' : null"
      >
        <span>{{ toast.text }}</span>
        @if (toast.action; as action) {
          <button
            type="button"
            class="cursor-pointer rounded-lg px-2 py-1 font-semibold underline underline-offset-4"
            (click)="toast.end(); action.run()"
          >
            {{ action.label }}
          </button>
        }
      </div>
    }
  `,
})
export class ToastStack {
  protected readonly toasts = inject(Toasts);
}
