import { ChangeDetectionStrategy, Component, inject, input, linkedSignal, output, signal } from '@angular/core';
import { type Answer, type Problem, problemOf, Requests, secretsRotate } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Dialog, Secret } from '../../ui';
import { FormProblem } from '../../ui/form';
import { overlaps } from '../overlaps';
import type { SecretKind } from './snippets';

/** Gives an endpoint a new secret, which is shown once; the earlier one signs on for a while. */
@Component({
  selector: 'sb-rotate-dialog',
  imports: [Dialog, FormProblem, Secret],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-dialog
      [heading]="made() ? newSecret : rotate"
      [open]="true"
      [lasting]="made() !== undefined"
      (closed)="closed.emit()"
    >
      @if (made(); as secret) {
        <div class="grid gap-3">
          @if (secret.secret; as text) {
            <sb-secret [value]="text" />
          }
          @if (secret.publicKey; as key) {
            <sb-secret
              [value]="key"
              note="The public key: the receiver verifies with it. It is no secret, and shown again."
              i18n-note
            />
          }
          <p class="m-0 text-muted" i18n>
            Give it to the receiver while the earlier one signs beside it: requests carry both signatures.
          </p>
        </div>
      } @else {
        <div class="grid gap-4">
          <label class="field">
            <span class="label" i18n>The earlier one signs on for</span>
            <select #seconds class="input" (change)="overlap.set(+seconds.value)">
              @for (one of overlaps; track one.seconds) {
                <option [value]="one.seconds" [selected]="one.seconds === overlap()">{{ one.title }}</option>
              }
            </select>
          </label>
          <label class="field">
            <span class="label" i18n>Kind</span>
            <select #kinds class="input" (change)="chosen.set(kinds.value === 'ed25519' ? 'ed25519' : 'hmac')">
              <option value="hmac" [selected]="chosen() === 'hmac'" i18n>Shared secret (HMAC-SHA-256)</option>
              <option value="ed25519" [selected]="chosen() === 'ed25519'" i18n>Key pair (ed25519)</option>
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
export class RotateDialog {
  private readonly requests = inject(Requests);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  readonly endpointId = input.required<string>();
  readonly kind = input.required<SecretKind>();
  readonly rotated = output();
  readonly closed = output();
  protected readonly rotate = $localize`Rotate the secret`;
  protected readonly newSecret = $localize`The new secret`;
  protected readonly overlaps = overlaps();
  protected readonly overlap = signal(86_400);
  protected readonly chosen = linkedSignal(() => this.kind());
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly made = signal<Answer<typeof secretsRotate> | undefined>(undefined);

  protected async go(): Promise<void> {
    this.busy.set(true);
    this.problem.set(undefined);
    try {
      this.made.set(
        await this.requests.ask(secretsRotate, {
          workspaceId: this.workspaceId,
          endpointId: this.endpointId(),
          body: { kind: this.chosen(), overlapSeconds: this.overlap() },
        }),
      );
      this.rotated.emit();
    } catch (error) {
      this.problem.set(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }
}
