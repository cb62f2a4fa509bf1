import { ChangeDetectionStrategy, Component, inject, input, output, signal } from '@angular/core';
import { type Answer, incomingRotate, type Problem, problemOf, Requests } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Dialog } from '../../ui';
import { FormProblem } from '../../ui/form';
import { overlaps } from '../overlaps';
import { IncomingSecret } from './incoming-secret';
import type { Incoming } from './schemes';

/** Gives an incoming hook a new secret; the earlier one is taken for a while. */
@Component({
  selector: 'sb-incoming-rotate',
  imports: [Dialog, FormProblem, IncomingSecret],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-dialog
      heading="Rotate the secret"
      i18n-heading
      [open]="true"
      [lasting]="made() !== undefined"
      (closed)="closed.emit()"
    >
      @if (made(); as one) {
        <sb-incoming-secret [url]="one.url" [secret]="one.secret" [scheme]="one.scheme" />
      } @else {
        <div class="grid gap-4">
          <label class="field">
            <span class="label" i18n>The earlier one is taken for</span>
            <select #seconds class="input" (change)="overlap.set(+seconds.value)">
              @for (one of overlaps; track one.seconds) {
                <option [value]="one.seconds" [selected]="one.seconds === overlap()">{{ one.title }}</option>
              }
            </select>
          </label>
          <sb-form-problem [of]="problem()" />
        </div>
      }
      @if (made()) {
        <button action type="button" class="btn btn-primary" (click)="closed.emit()" i18n>I have it</button>
      } @else {
        <ng-container action>
          <button type="button" class="btn" (click)="closed.emit()" i18n>Cancel</button>
          <button type="button" class="btn btn-primary" [disabled]="busy()" (click)="go()" i18n>Make a new one</button>
        </ng-container>
      }
    </sb-dialog>
  `,
})
export class IncomingRotate {
  private readonly requests = inject(Requests);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  readonly hook = input.required<Pick<Incoming, 'id'>>();
  readonly closed = output();
  protected readonly overlaps = overlaps();
  protected readonly overlap = signal(86_400);
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly made = signal<Answer<typeof incomingRotate> | undefined>(undefined);

  protected async go(): Promise<void> {
    this.busy.set(true);
    this.problem.set(undefined);
    try {
      this.made.set(
        await this.requests.ask(incomingRotate, {
          workspaceId: this.workspaceId,
          incomingId: this.hook().id,
          body: { overlapSeconds: this.overlap() },
        }),
      );
    } catch (error) {
      this.problem.set(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }
}
