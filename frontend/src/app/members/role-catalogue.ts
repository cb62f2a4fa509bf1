import { computed, inject, Injectable, resource } from '@angular/core';
import { type Item, permissionsAll, problemOf, Requests, rolesList } from '../api';
import { Live } from '../live/live';
import { CurrentWorkspace } from '../session';
import { Paged } from '../ui';
import { roleName } from './role-words';

export type OwnRole = Item<typeof rolesList>;
export type Permission = Item<typeof permissionsAll>;

/** The roles that people here can have, and what each allows. */
@Injectable()
export class RoleCatalogue {
  private readonly requests = inject(Requests);
  private readonly workspaceId = inject(CurrentWorkspace).required();

  /** The roles that the workspace made itself. */
  readonly own = new Paged<OwnRole>((cursor) =>
    this.requests.ask(rolesList, {
      workspaceId: this.workspaceId,
      sort: 'name',
      limit: 200,
      ...(cursor !== undefined && { cursor }),
    }),
  );
  private readonly every = resource({ loader: () => this.requests.ask(permissionsAll, {}) });
  /** Every permission that a role may hold. */
  readonly permissions = computed<readonly Permission[]>(() =>
    this.every.hasValue() ? this.every.value().items.filter(({ grantable }) => grantable) : [],
  );
  readonly problem = computed(() => {
    const error = this.every.error();
    return error && problemOf(error);
  });

  constructor() {
    const again = () => void this.own.reload();
    again();
    inject(Live).watch(
      { workspaceId: this.workspaceId, filter: 'type:role.*,member.*,invitation.*' },
      { event: again, reset: again },
    );
  }

  /** What a role is called. @param roleId of one that the workspace made itself */
  nameOf(role: string, roleId: string | null): string {
    return this.own.items().find(({ id }) => id === roleId)?.name ?? roleName(role);
  }
}

/** A choice of a role as the API takes it: the name of a built-in one, or the id of another. */
export function roleBody<R extends string>(choice: string): { role: R } | { roleId: string } {
  return /^[a-z]+$/.test(choice) ? { role: choice as R } : { roleId: choice };
}
