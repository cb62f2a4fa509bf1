import { ChangeDetectionStrategy, Component, inject, input, linkedSignal, output } from '@angular/core';
import { form, FormField as Field, required } from '@angular/forms/signals';
import { apiKeysChange, Requests } from '../../api';
import { Dialog } from '../../ui';
import { FormField, FormProblem, send, sending } from '../../ui/form';
import { addressLines } from '../address-lines';
import { type Key, KeyStore } from '../key.store';

/** A key's name, and where it may be used from. */
@Component({
  selector: 'sb-change-key',
  imports: [Dialog, Field, FormField, FormProblem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-dialog heading="Change the key" i18n-heading [open]="true" (closed)="closed.emit()">
      <form id="change-key" class="grid gap-4" novalidate (submit)="save($event)">
        <sb-form-field label="Name" i18n-label [field]="fields.name"
          ><input class="input" autocomplete="off" [formField]="fields.name"
        /></sb-form-field>
        <sb-form-field
          label="Only from these addresses"
          i18n-label
          hint="One a line. None: from everywhere. It holds within a second."
          i18n-hint
          [optional]="true"
          [field]="fields.allowedAddresses"
        >
          <textarea
            class="input min-h-20 font-mono text-[0.8125rem]"
            spellcheck="false"
            [formField]="fields.allowedAddresses"
          ></textarea>
        </sb-form-field>
      </form>
      <sb-form-problem class="mt-4 block" [of]="sending.problem()" />
      <button action type="button" class="btn" (click)="closed.emit()" i18n>Cancel</button>
      <button action form="change-key" class="btn btn-primary" [attr.aria-disabled]="fields().submitting()" i18n>
        Save
      </button>
    </sb-dialog>
  `,
})
export class ChangeKey {
  private readonly requests = inject(Requests);
  private readonly store = inject(KeyStore);
  readonly apiKey = input.required<Key>();
  readonly closed = output();
  protected readonly sending = sending();
  protected readonly fields = form(
    linkedSignal(() => ({ name: this.apiKey().name, allowedAddresses: this.apiKey().allowedAddresses.join('\n') })),
    (path) => {
      required(path.name, { message: $localize`A name is needed.` });
    },
  );

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    const { id, version } = this.apiKey();
    const taken = await send(this.fields, this.sending, async ({ name, allowedAddresses }) => {
      this.store.list.put(
        await this.requests.ask(apiKeysChange, {
          workspaceId: this.store.workspaceId,
          keyId: id,
          'If-Match': `"${version}"`,
          body: { name, allowedAddresses: addressLines(allowedAddresses) },
        }),
      );
    });
    if (taken) this.closed.emit();
  }
}
