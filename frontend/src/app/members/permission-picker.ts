import { ChangeDetectionStrategy, Component, computed, input, model } from '@angular/core';
import type { Permission } from './role-catalogue';

interface Group {
  readonly id: string;
  readonly title: string;
  readonly permissions: readonly Permission[];
}

/** A choice of permissions, in groups, each with what it allows. */
@Component({
  selector: 'sb-permission-picker',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="grid gap-4">
      @for (group of groups(); track group.id) {
        <fieldset class="m-0 border-0 p-0">
          <legend class="mb-1.5 flex w-full items-center gap-2 p-0">
            <span class="label">{{ group.title }}</span>
            <button
              type="button"
              class="cursor-pointer text-xs text-muted underline underline-offset-2"
              (click)="turnAll(group)"
            >
              @if (all(group)) {
                <ng-container i18n>none</ng-container>
              } @else {
                <ng-container i18n>all</ng-container>
              }
              <span class="sr-only">{{ group.title }}</span>
            </button>
          </legend>
          <div class="grid gap-1.5">
            @for (permission of group.permissions; track permission.name) {
              <label class="check">
                <input type="checkbox" [checked]="value().includes(permission.name)" (change)="turn(permission.name)" />
                <span
                  >{{ permission.sentence }}
                  <code class="font-mono text-xs text-muted">{{ permission.name }}</code></span
                >
              </label>
            }
          </div>
        </fieldset>
      }
    </div>
  `,
})
export class PermissionPicker {
  readonly permissions = input.required<readonly Permission[]>();
  /** The names of those that are chosen. */
  readonly value = model.required<readonly string[]>();
  protected readonly groups = computed<readonly Group[]>(() => {
    const groups = new Map<string, Permission[]>();
    for (const permission of this.permissions()) {
      const id = permission.name.split(':')[0] ?? '';
      groups.set(id, [...(groups.get(id) ?? []), permission]);
    }
    return [...groups].map(([id, permissions]) => ({ id, title: groupName(id), permissions }));
  });

  protected turn(name: string): void {
    this.value.update((chosen) => (chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name]));
  }

  protected all({ permissions }: Group): boolean {
    return permissions.every(({ name }) => this.value().includes(name));
  }

  protected turnAll(group: Group): void {
    const names = group.permissions.map(({ name }) => name as string);
    const without = this.value().filter((name) => !names.includes(name));
    this.value.set(this.all(group) ? without : [...without, ...names]);
  }
}

function groupName(id: string): string {
  const names: Record<string, string> = {
    deals: $localize`Deals`,
    sources: $localize`Sources`,
    messages: $localize`Messages`,
    subscriptions: $localize`Subscriptions`,
    channels: $localize`Channels`,
    members: $localize`Members`,
    workspace: $localize`Workspace`,
    billing: $localize`Plan`,
    api_keys: $localize`API keys`,
    service_accounts: $localize`Service accounts`,
    webhooks: $localize`Webhooks`,
    audit: $localize`Audit trail`,
  };
  return names[id] ?? id.replaceAll('_', ' ');
}
