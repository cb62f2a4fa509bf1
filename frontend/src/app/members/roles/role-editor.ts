import { ChangeDetectionStrategy, Component, computed, inject, input, linkedSignal, output } from '@angular/core';
import { form, FormField as Field, required } from '@angular/forms/signals';
import { type Body, Requests, rolesChange, rolesCreate } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Dialog } from '../../ui';
import { FormField, FormProblem, send, sending } from '../../ui/form';
import { PermissionPicker } from '../permission-picker';
import { type OwnRole, RoleCatalogue } from '../role-catalogue';

/** Makes a role out of permissions, or changes one. */
@Component({
  selector: 'sb-role-editor',
  imports: [Dialog, Field, FormField, FormProblem, PermissionPicker],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-dialog [heading]="heading()" [open]="true" [wide]="true" (closed)="closed.emit()">
      <form id="role" class="grid gap-4" novalidate (submit)="save($event)">
        <sb-form-field label="Name" i18n-label [field]="fields.name"
          ><input class="input" autocomplete="off" [formField]="fields.name"
        /></sb-form-field>
        <sb-form-field label="What it is for" i18n-label [optional]="true" [field]="fields.description"
          ><input class="input" autocomplete="off" [formField]="fields.description"
        /></sb-form-field>
        <sb-permission-picker [permissions]="catalogue.permissions()" [(value)]="chosen" />
        @if (role(); as one) {
          @if (one.members) {
            <p class="hint m-0" i18n>What you change holds for everybody who has it, within a second.</p>
          }
        }
      </form>
      <sb-form-problem class="mt-4 block" [of]="sending.problem()" />
      <button action type="button" class="btn" (click)="closed.emit()" i18n>Cancel</button>
      <button
        action
        form="role"
        class="btn btn-primary"
        [disabled]="!chosen().length"
        [attr.aria-disabled]="fields().submitting()"
      >
        @if (role()) {
          <ng-container i18n>Save the role</ng-container>
        } @else {
          <ng-container i18n>Make the role</ng-container>
        }
      </button>
    </sb-dialog>
  `,
})
export class RoleEditor {
  private readonly requests = inject(Requests);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  protected readonly catalogue = inject(RoleCatalogue);
  /** The role to change; undefined for a new one. */
  readonly role = input<OwnRole>();
  /** What a new one begins as. */
  readonly like = input<OwnRole>();
  readonly closed = output();
  protected readonly heading = computed(() => (this.role() ? $localize`Change the role` : $localize`Make a role`));
  protected readonly sending = sending();
  protected readonly chosen = linkedSignal<readonly string[]>(() => (this.role() ?? this.like())?.permissions ?? []);
  protected readonly fields = form(
    linkedSignal(() => ({
      name: this.role()?.name ?? '',
      description: (this.role() ?? this.like())?.description ?? '',
    })),
    (path) => {
      required(path.name, { message: $localize`A name is needed.` });
    },
  );

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    const role = this.role();
    const { workspaceId } = this;
    const taken = await send(this.fields, this.sending, async (fields) => {
      const body = { ...fields, permissions: this.chosen() as Body<typeof rolesCreate>['permissions'] };
      const saved = role
        ? await this.requests.ask(rolesChange, { workspaceId, roleId: role.id, 'If-Match': `"${role.version}"`, body })
        : await this.requests.ask(rolesCreate, { workspaceId, body });
      this.catalogue.own.put(saved);
    });
    if (taken) this.closed.emit();
  }
}
