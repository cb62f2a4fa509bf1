import { ChangeDetectionStrategy, Component, computed, inject, input, output, signal } from '@angular/core';
import { apiKeysRotate, type Problem, problemOf, Requests } from '../../api';
import { Dialog } from '../../ui';
import { FormProblem } from '../../ui/form';
import { expiry, ExpiryChoice } from '../expiry-choice';
import { type Key, KeyStore } from '../key.store';

const HOUR = 3600;

/** Gives a key a new secret; the earlier one works for a while, so that programs change over without a gap. */
@Component({
  selector: 'sb-rotate-key',
  imports: [Dialog, ExpiryChoice, FormProblem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-dialog [heading]="heading()" [open]="true" (closed)="closed.emit()">
      <form id="rotate" class="grid gap-4" (submit)="$event.preventDefault(); rotate()">
        <label class="field">
          <span class="label" i18n>The earlier secret works for</span>
          <select #box class="input" (change)="overlap.set(+box.value)">
            @for (choice of overlaps; track choice.seconds) {
              <option [value]="choice.seconds" [selected]="choice.seconds === overlap()">{{ choice.title }}</option>
            }
          </select>
          <span class="hint" i18n>Long enough to give every program the new one; not at all when it leaked.</span>
        </label>
        @if (apiKey().expiresAt) {
          <sb-expiry-choice [(days)]="days" />
        }
      </form>
      <sb-form-problem class="mt-4 block" [of]="problem()" />
      <button action type="button" class="btn" (click)="closed.emit()" i18n>Cancel</button>
      <button action form="rotate" class="btn btn-primary" [disabled]="sending()" i18n>Give it a new secret</button>
    </sb-dialog>
  `,
})
export class RotateKey {
  private readonly requests = inject(Requests);
  private readonly store = inject(KeyStore);
  readonly apiKey = input.required<Key>();
  readonly closed = output();
  protected readonly heading = computed(() => $localize`New secret for ${this.apiKey().name}:key:`);
  protected readonly overlap = signal(24 * HOUR);
  protected readonly days = signal(90);
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly sending = signal(false);
  protected readonly overlaps = [
    { seconds: 0, title: $localize`not at all` },
    { seconds: HOUR, title: $localize`one hour` },
    { seconds: 24 * HOUR, title: $localize`one day` },
    { seconds: 7 * 24 * HOUR, title: $localize`seven days` },
  ];

  protected async rotate(): Promise<void> {
    this.sending.set(true);
    try {
      const { key, ...row } = await this.requests.ask(apiKeysRotate, {
        workspaceId: this.store.workspaceId,
        keyId: this.apiKey().id,
        body: {
          overlapSeconds: this.overlap(),
          ...(this.apiKey().expiresAt !== null && { expiresAt: expiry(this.days()) }),
        },
      });
      this.store.list.put(row);
      this.store.shown.set({ name: row.name, key });
      this.closed.emit();
    } catch (error) {
      this.problem.set(problemOf(error));
    } finally {
      this.sending.set(false);
    }
  }
}
