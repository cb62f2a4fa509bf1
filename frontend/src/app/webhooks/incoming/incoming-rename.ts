import { ChangeDetectionStrategy, Component, inject, input, linkedSignal, output } from '@angular/core';
import { form, FormField as Field, maxLength, required } from '@angular/forms/signals';
import { incomingChange, Requests } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Dialog } from '../../ui';
import { FormField, FormProblem, send, sending } from '../../ui/form';
import type { Incoming } from './schemes';

/** Renames an incoming hook. */
@Component({
  selector: 'sb-incoming-rename',
  imports: [Dialog, Field, FormField, FormProblem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-dialog heading="Rename" i18n-heading [open]="true" (closed)="closed.emit()">
      <form id="rename-incoming" class="grid gap-4" novalidate (submit)="save($event)">
        <sb-form-field label="Name" i18n-label [field]="text.name"
          ><input class="input" autocomplete="off" [formField]="text.name"
        /></sb-form-field>
        <sb-form-problem [of]="sending.problem()" />
      </form>
      <button action type="button" class="btn" (click)="closed.emit()" i18n>Cancel</button>
      <button action form="rename-incoming" class="btn btn-primary" [attr.aria-disabled]="text().submitting()" i18n>
        Rename
      </button>
    </sb-dialog>
  `,
})
export class IncomingRename {
  private readonly requests = inject(Requests);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  readonly hook = input.required<Pick<Incoming, 'id' | 'name'>>();
  readonly closed = output();
  protected readonly sending = sending();
  protected readonly text = form(
    linkedSignal(() => ({ name: this.hook().name })),
    (path) => {
      required(path.name, { message: $localize`A name is needed.` });
      maxLength(path.name, 120, { message: $localize`120 characters at most.` });
    },
  );

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    const saved = await send(this.text, this.sending, ({ name }) =>
      this.requests.ask(incomingChange, {
        workspaceId: this.workspaceId,
        incomingId: this.hook().id,
        body: { name: name.trim() },
      }),
    );
    if (saved) this.closed.emit();
  }
}
