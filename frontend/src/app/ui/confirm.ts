import { ChangeDetectionStrategy, Component, computed, inject, Injectable, signal } from '@angular/core';
import { Dialog } from './dialog';

/** What is asked before something that cannot be taken back. */
export interface Question {
  readonly heading: string;
  /** What will be gone, and what stays. */
  readonly text: string;
  /** On the button: a verb, such as "Remove the key". */
  readonly action: string;
  readonly bad?: boolean;
  /** What has to be typed first, such as the name of what goes. */
  readonly type?: string;
}

/** Asks before what cannot be undone. What can be is done at once, with a way back in a toast. */
@Injectable({ providedIn: 'root' })
export class Confirm {
  private readonly asked = signal<(Question & { answer(yes: boolean): void }) | undefined>(undefined);
  readonly question = this.asked.asReadonly();

  /** @returns whether the person said yes; a question that another overtakes is a no */
  ask(question: Question): Promise<boolean> {
    this.asked()?.answer(false);
    return new Promise((resolve) => {
      this.asked.set({
        ...question,
        answer: (yes) => {
          this.asked.set(undefined);
          resolve(yes);
        },
      });
    });
  }
}

/** Where the question appears; once, in the root. */
@Component({
  selector: 'sb-confirm',
  imports: [Dialog],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (confirm.question(); as question) {
      <sb-dialog [heading]="question.heading" [open]="true" (closed)="answer(false)">
        <p class="m-0 text-muted">{{ question.text }}</p>
        @if (question.type; as wanted) {
          <label class="field mt-4">
            <span i18n
              >Type <strong class="font-mono">{{ wanted }}</strong> to go on</span
            >
            <input #box class="input" autocomplete="off" spellcheck="false" (input)="typed.set(box.value)" />
          </label>
        }
        <button action type="button" class="btn" (click)="answer(false)" i18n>Cancel</button>
        <button
          action
          type="button"
          class="btn btn-primary"
          [class.btn-danger]="question.bad"
          [disabled]="!ready()"
          (click)="answer(true)"
        >
          {{ question.action }}
        </button>
      </sb-dialog>
    }
  `,
})
export class ConfirmDialog {
  protected readonly confirm = inject(Confirm);
  protected readonly typed = signal('');
  protected readonly ready = computed(() => {
    const wanted = this.confirm.question()?.type;
    return wanted === undefined || this.typed().trim() === wanted;
  });

  protected answer(yes: boolean): void {
    this.typed.set('');
    this.confirm.question()?.answer(yes);
  }
}
