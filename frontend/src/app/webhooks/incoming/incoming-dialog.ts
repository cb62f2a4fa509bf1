import { ChangeDetectionStrategy, Component, inject, output, signal } from '@angular/core';
import { form, FormField as Field, maxLength, required } from '@angular/forms/signals';
import { type Answer, incomingCreate, Requests } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Dialog } from '../../ui';
import { FormField, FormProblem, send, sending } from '../../ui/form';
import { IncomingSecret } from './incoming-secret';
import { type Scheme, schemes } from './schemes';

/** Makes an address that takes webhooks, and shows its secret once. */
@Component({
  selector: 'sb-incoming-dialog',
  imports: [Dialog, Field, FormField, FormProblem, IncomingSecret],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-dialog
      [heading]="made()?.name ?? heading"
      [open]="true"
      [lasting]="made() !== undefined"
      (closed)="closed.emit()"
    >
      @if (made(); as one) {
        <sb-incoming-secret [url]="one.url" [secret]="one.secret" [scheme]="one.scheme" />
      } @else {
        <form id="make-incoming" class="grid gap-4" novalidate (submit)="make($event)">
          <sb-form-field
            label="Name"
            i18n-label
            hint="Who sends, such as: builds of the shop."
            i18n-hint
            [field]="hook.name"
            ><input class="input" autocomplete="off" [formField]="hook.name"
          /></sb-form-field>
          <fieldset class="m-0 grid gap-3 border-0 p-0">
            <legend class="label mb-2 p-0" i18n>How the sender proves itself</legend>
            @for (one of schemes; track one.scheme) {
              <label class="check">
                <input
                  type="radio"
                  name="scheme"
                  [checked]="scheme() === one.scheme"
                  (change)="scheme.set(one.scheme)"
                />
                <span class="grid"
                  ><span>{{ one.title }}</span
                  ><span class="hint">{{ one.about }}</span></span
                >
              </label>
            }
          </fieldset>
          <sb-form-problem [of]="sending.problem()" />
        </form>
      }
      @if (made()) {
        <button action type="button" class="btn btn-primary" (click)="closed.emit()" i18n>I have it</button>
      } @else {
        <ng-container action>
          <button type="button" class="btn" (click)="closed.emit()" i18n>Cancel</button>
          <button form="make-incoming" class="btn btn-primary" [attr.aria-disabled]="hook().submitting()" i18n>
            Make it
          </button>
        </ng-container>
      }
    </sb-dialog>
  `,
})
export class IncomingDialog {
  private readonly requests = inject(Requests);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  readonly taken = output();
  readonly closed = output();
  protected readonly heading = $localize`New incoming hook`;
  protected readonly schemes = schemes();
  protected readonly scheme = signal<Scheme>('standard');
  protected readonly sending = sending();
  protected readonly made = signal<Answer<typeof incomingCreate> | undefined>(undefined);
  protected readonly hook = form(signal({ name: '' }), (path) => {
    required(path.name, { message: $localize`A name is needed.` });
    maxLength(path.name, 120, { message: $localize`120 characters at most.` });
  });

  protected async make(event: Event): Promise<void> {
    event.preventDefault();
    await send(this.hook, this.sending, async ({ name }) => {
      const body = { name: name.trim(), scheme: this.scheme() };
      this.made.set(await this.requests.ask(incomingCreate, { workspaceId: this.workspaceId, body }));
      this.taken.emit();
    });
  }
}
