import { ChangeDetectionStrategy, Component, computed, inject, input, model } from '@angular/core';
import { RoleCatalogue } from './role-catalogue';
import { roleName, roleSentence } from './role-words';

let last = 0;

/** One role out of those there are, each with what it is for. */
@Component({
  selector: 'sb-role-choice',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <fieldset class="m-0 grid gap-2 border-0 p-0">
      <legend class="label mb-1.5 p-0" i18n>Role</legend>
      @for (role of roles(); track role.value) {
        <label class="check">
          <input
            type="radio"
            [name]="name"
            [value]="role.value"
            [checked]="role.value === value()"
            (change)="value.set(role.value)"
          />
          <span
            ><span class="font-medium">{{ role.title }}</span> <span class="hint block">{{ role.text }}</span></span
          >
        </label>
      }
    </fieldset>
  `,
})
export class RoleChoice {
  private readonly catalogue = inject(RoleCatalogue);
  /** The name of a built-in role, or the id of one that the workspace made. */
  readonly value = model.required<string>();
  /** Built-in roles that can be chosen. */
  readonly builtIn = input<readonly string[]>(['admin', 'member', 'viewer']);
  protected readonly name = `role-${++last}`;
  protected readonly roles = computed(() => [
    ...this.builtIn().map((role) => ({ value: role, title: roleName(role), text: roleSentence(role) })),
    ...this.catalogue.own.items().map(({ id, name, description }) => ({ value: id, title: name, text: description })),
  ]);
}
