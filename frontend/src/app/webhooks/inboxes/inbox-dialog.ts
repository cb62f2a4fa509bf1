import { ChangeDetectionStrategy, Component, inject, output, signal } from '@angular/core';
import { form, FormField as Field, maxLength, required } from '@angular/forms/signals';
import { Router } from '@angular/router';
import { Requests, webhookInboxOpen } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Dialog } from '../../ui';
import { FormField, FormProblem, send, sending } from '../../ui/form';

/** Opens a debugging inbox, and goes there. */
@Component({
  selector: 'sb-inbox-dialog',
  imports: [Dialog, Field, FormField, FormProblem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-dialog heading="Open a debugging inbox" i18n-heading [open]="true" (closed)="closed.emit()">
      <form id="open-inbox" class="grid gap-4" novalidate (submit)="open($event)">
        <sb-form-field label="Name" i18n-label [field]="inbox.name"
          ><input class="input" autocomplete="off" [formField]="inbox.name"
        /></sb-form-field>
        <sb-form-field
          label="It closes after"
          i18n-label
          hint="What it received is forgotten then. Whoever knows its address can post to it."
          i18n-hint
          [field]="inbox.hours"
        >
          <select class="input" [formField]="inbox.hours">
            <option value="1" i18n>an hour</option>
            <option value="24" i18n>a day</option>
            <option value="72" i18n>three days</option>
            <option value="168" i18n>a week</option>
          </select>
        </sb-form-field>
        <sb-form-problem [of]="sending.problem()" />
      </form>
      <button action type="button" class="btn" (click)="closed.emit()" i18n>Cancel</button>
      <button action form="open-inbox" class="btn btn-primary" [attr.aria-disabled]="inbox().submitting()" i18n>
        Open it
      </button>
    </sb-dialog>
  `,
})
export class InboxDialog {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  readonly closed = output();
  protected readonly sending = sending();
  protected readonly inbox = form(signal({ name: $localize`Inbox`, hours: '24' }), (path) => {
    required(path.name, { message: $localize`A name is needed.` });
    maxLength(path.name, 120, { message: $localize`120 characters at most.` });
  });

  protected async open(event: Event): Promise<void> {
    event.preventDefault();
    await send(this.inbox, this.sending, async ({ name, hours }) => {
      const { id } = await this.requests.ask(webhookInboxOpen, {
        workspaceId: this.workspaceId,
        body: { name: name.trim(), hours: Number(hours) },
      });
      await this.router.navigate(['/workspaces', this.workspaceId, 'webhooks', 'inboxes', id]);
    });
  }
}
