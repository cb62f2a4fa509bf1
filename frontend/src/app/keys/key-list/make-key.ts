import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  input,
  linkedSignal,
  output,
  signal,
} from '@angular/core';
import { form, FormField as Field, required } from '@angular/forms/signals';
import { apiKeysCreate, type Body, Requests } from '../../api';
import { RoleCatalogue } from '../../members/role-catalogue';
import { PermissionPicker } from '../../members/permission-picker';
import { CurrentWorkspace } from '../../session';
import { Dialog } from '../../ui';
import { FormField, FormProblem, send, sending } from '../../ui/form';
import { addressLines } from '../address-lines';
import { expiry, ExpiryChoice } from '../expiry-choice';
import { KeyStore } from '../key.store';

/** Makes a key, for oneself or for a service account. */
@Component({
  selector: 'sb-make-key',
  imports: [Dialog, ExpiryChoice, Field, FormField, FormProblem, PermissionPicker],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-dialog heading="Make a key" i18n-heading [open]="true" [wide]="true" (closed)="closed.emit()">
      <form id="make-key" class="grid gap-4" novalidate (submit)="make($event)">
        <sb-form-field label="Name" i18n-label hint="Of the program that will use it." i18n-hint [field]="fields.name"
          ><input class="input" autocomplete="off" [formField]="fields.name"
        /></sb-form-field>
        @if (accounts().length) {
          <label class="field">
            <span class="label" i18n>Acts as</span>
            <select #box class="input" (change)="account.set(box.value)">
              <option value="" [selected]="account() === ''" i18n>You</option>
              @for (one of accounts(); track one.id) {
                <option [value]="one.id" [selected]="one.id === account()">{{ one.name }}</option>
              }
            </select>
            <span class="hint" i18n
              >A key of yours ends when you leave the workspace; one of a service account does not.</span
            >
          </label>
        }
        <sb-expiry-choice [(days)]="days" />
        <sb-form-field
          label="Only from these addresses"
          i18n-label
          hint="IPv4 or IPv6 addresses and networks (192.0.2.0/24), one a line. None: from everywhere."
          i18n-hint
          [optional]="true"
          [field]="fields.allowedAddresses"
        >
          <textarea
            class="input min-h-16 font-mono text-[0.8125rem]"
            spellcheck="false"
            [formField]="fields.allowedAddresses"
          ></textarea>
        </sb-form-field>
        <div>
          <p class="label m-0" i18n>Scopes</p>
          <p class="hint mt-0 mb-3" i18n>
            What the program may do, as few as it needs. They cannot be changed later: make another key then.
          </p>
          <sb-permission-picker [permissions]="offered()" [(value)]="scopes" />
        </div>
      </form>
      <sb-form-problem class="mt-4 block" [of]="sending.problem()" />
      <button action type="button" class="btn" (click)="closed.emit()" i18n>Cancel</button>
      <button
        action
        form="make-key"
        class="btn btn-primary"
        [disabled]="!scopes().length"
        [attr.aria-disabled]="fields().submitting()"
        i18n
      >
        Make the key
      </button>
    </sb-dialog>
  `,
})
export class MakeKey {
  private readonly requests = inject(Requests);
  private readonly store = inject(KeyStore);
  private readonly current = inject(CurrentWorkspace);
  private readonly catalogue = inject(RoleCatalogue);
  /** The service account that it is for; undefined to choose. */
  readonly for = input<string>();
  readonly closed = output();
  protected readonly sending = sending();
  protected readonly account = linkedSignal(() => this.for() ?? '');
  protected readonly days = signal(90);
  protected readonly scopes = signal<readonly string[]>([]);
  protected readonly accounts = computed(() =>
    this.current.may('service_accounts:write') ? this.store.accounts.items() : [],
  );
  /** What one holds oneself: nobody gives more. */
  protected readonly offered = computed(() =>
    this.catalogue.permissions().filter(({ name }) => this.current.may(name)),
  );
  protected readonly fields = form(signal({ name: '', allowedAddresses: '' }), (path) => {
    required(path.name, { message: $localize`A name is needed.` });
  });

  protected async make(event: Event): Promise<void> {
    event.preventDefault();
    const taken = await send(this.fields, this.sending, async ({ name, allowedAddresses }) => {
      const made = await this.requests.ask(apiKeysCreate, {
        workspaceId: this.store.workspaceId,
        body: {
          name,
          scopes: [...this.scopes()] as Body<typeof apiKeysCreate>['scopes'],
          expiresAt: expiry(this.days()),
          allowedAddresses: addressLines(allowedAddresses),
          ...(this.account() && { serviceAccountId: this.account() }),
        },
      });
      const { key, ...row } = made;
      this.store.list.put(row);
      this.store.shown.set({ name: row.name, key });
    });
    if (taken) this.closed.emit();
  }
}
