import { ChangeDetectionStrategy, Component, inject, input, output, signal } from '@angular/core';
import { form, FormField as Field, maxLength } from '@angular/forms/signals';
import { Requests, workspaceSuspensionsSuspend } from '../../api';
import { Dialog } from '../../ui';
import { FormField, FormProblem, send, sending } from '../../ui/form';
import type { Workspace } from './workspace-list';

/** Closes a workspace, or lets nothing in it change, with a sentence for its people. */
@Component({
  selector: 'sb-suspend-dialog',
  imports: [Dialog, Field, FormField, FormProblem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-dialog [heading]="heading()" [open]="true" (closed)="closed.emit(false)">
      <form id="suspend" class="grid gap-4" novalidate (submit)="suspend($event)">
        <fieldset class="m-0 grid gap-3 border-0 p-0">
          <legend class="sr-only" i18n>How</legend>
          <label class="check">
            <input type="radio" name="mode" [checked]="mode() === 'read_only'" (change)="mode.set('read_only')" />
            <span class="grid"
              ><span i18n>Read-only</span
              ><span class="hint" i18n>Its people look, and change nothing. Alerts go on.</span></span
            >
          </label>
          <label class="check">
            <input type="radio" name="mode" [checked]="mode() === 'closed'" (change)="mode.set('closed')" />
            <span class="grid"
              ><span i18n>Closed</span
              ><span class="hint" i18n
                >Nobody gets in, and alerts stop. Sources go on receiving: nothing is lost.</span
              ></span
            >
          </label>
        </fieldset>
        <sb-form-field
          label="Reason"
          i18n-label
          [optional]="true"
          hint="What its people are told, in a sentence of yours."
          i18n-hint
          [field]="text.reason"
        >
          <textarea class="input" rows="2" [formField]="text.reason"></textarea>
        </sb-form-field>
        <sb-form-problem [of]="sending.problem()" />
      </form>
      <button action type="button" class="btn" (click)="closed.emit(false)" i18n>Cancel</button>
      <button action form="suspend" class="btn btn-primary btn-danger" [attr.aria-disabled]="text().submitting()" i18n>
        Suspend
      </button>
    </sb-dialog>
  `,
})
export class SuspendDialog {
  private readonly requests = inject(Requests);
  readonly workspace = input.required<Workspace>();
  /** Whether something was changed. */
  readonly closed = output<boolean>();
  protected readonly mode = signal<'read_only' | 'closed'>('read_only');
  protected readonly sending = sending();
  protected readonly text = form(signal({ reason: '' }), (path) =>
    maxLength(path.reason, 500, { message: $localize`500 characters at most.` }),
  );

  protected heading(): string {
    return $localize`Suspend ${this.workspace().name}:name:`;
  }

  protected async suspend(event: Event): Promise<void> {
    event.preventDefault();
    const taken = await send(this.text, this.sending, ({ reason }) =>
      this.requests.ask(workspaceSuspensionsSuspend, {
        workspaceId: this.workspace().id,
        body: { mode: this.mode(), reason: reason.trim() || null },
      }),
    );
    if (taken) this.closed.emit(true);
  }
}
