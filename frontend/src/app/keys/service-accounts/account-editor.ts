import { ChangeDetectionStrategy, Component, computed, inject, input, linkedSignal, output } from '@angular/core';
import { form, FormField as Field, required } from '@angular/forms/signals';
import { Requests, serviceAccountsChange, serviceAccountsCreate } from '../../api';
import { roleBody } from '../../members/role-catalogue';
import { RoleChoice } from '../../members/role-choice';
import { Dialog } from '../../ui';
import { FormField, FormProblem, send, sending } from '../../ui/form';
import { type Account, KeyStore } from '../key.store';

/** Makes a service account, or changes one. */
@Component({
  selector: 'sb-account-editor',
  imports: [Dialog, Field, FormField, FormProblem, RoleChoice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-dialog [heading]="heading()" [open]="true" (closed)="closed.emit()">
      <form id="account" class="grid gap-4" novalidate (submit)="save($event)">
        <sb-form-field label="Name" i18n-label [field]="fields.name"
          ><input class="input" autocomplete="off" [formField]="fields.name"
        /></sb-form-field>
        <sb-form-field label="What it is for" i18n-label [optional]="true" [field]="fields.description"
          ><input class="input" autocomplete="off" [formField]="fields.description"
        /></sb-form-field>
        <sb-role-choice [(value)]="role" />
      </form>
      <sb-form-problem class="mt-4 block" [of]="sending.problem()" />
      <button action type="button" class="btn" (click)="closed.emit()" i18n>Cancel</button>
      <button action form="account" class="btn btn-primary" [attr.aria-disabled]="fields().submitting()" i18n>
        Save
      </button>
    </sb-dialog>
  `,
})
export class AccountEditor {
  private readonly requests = inject(Requests);
  private readonly store = inject(KeyStore);
  readonly account = input<Account>();
  readonly closed = output();
  protected readonly heading = computed(() =>
    this.account() ? $localize`Change the service account` : $localize`Make a service account`,
  );
  protected readonly sending = sending();
  protected readonly role = linkedSignal(() => this.account()?.roleId ?? this.account()?.role ?? 'viewer');
  protected readonly fields = form(
    linkedSignal(() => ({ name: this.account()?.name ?? '', description: this.account()?.description ?? '' })),
    (path) => {
      required(path.name, { message: $localize`A name is needed.` });
    },
  );

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    const { workspaceId, accounts } = this.store;
    const account = this.account();
    const taken = await send(this.fields, this.sending, async (fields) => {
      const body = { ...fields, ...roleBody<'admin' | 'member' | 'viewer'>(this.role()) };
      const saved = account
        ? await this.requests.ask(serviceAccountsChange, {
            workspaceId,
            serviceAccountId: account.id,
            'If-Match': `"${account.version}"`,
            body,
          })
        : await this.requests.ask(serviceAccountsCreate, { workspaceId, body });
      accounts.put(saved);
    });
    if (taken) this.closed.emit();
  }
}
