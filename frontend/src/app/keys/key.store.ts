import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import { apiKeysList, apiKeysRevoke, type Item, problemOf, Requests, serviceAccountsList } from '../api';
import { Live } from '../live/live';
import { CurrentWorkspace } from '../session';
import { Confirm, Paged, Toasts } from '../ui';

export type Key = Item<typeof apiKeysList>;
export type Account = Item<typeof serviceAccountsList>;

/** A key with the secret that is shown this once. */
export interface Shown {
  readonly name: string;
  readonly key: string;
}

/** The keys of a workspace, or of one service account, and what is done with them. */
@Injectable()
export class KeyStore {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  private readonly confirm = inject(Confirm);
  private readonly current = inject(CurrentWorkspace);
  readonly workspaceId = this.current.required();

  /** Only those of this service account; undefined for all. */
  readonly of = signal<string | undefined>(undefined);
  /** What was made or rotated just now. */
  readonly shown = signal<Shown | undefined>(undefined);
  readonly list = new Paged<Key>((cursor) => {
    const serviceAccountId = this.of();
    return this.requests.ask(apiKeysList, {
      workspaceId: this.workspaceId,
      sort: '-createdAt',
      limit: 100,
      ...(serviceAccountId !== undefined && { serviceAccountId }),
      ...(cursor !== undefined && { cursor }),
    });
  });
  readonly accounts = new Paged<Account>((cursor) =>
    this.requests.ask(serviceAccountsList, {
      workspaceId: this.workspaceId,
      sort: 'name',
      limit: 200,
      ...(cursor !== undefined && { cursor }),
    }),
  );

  constructor() {
    const again = () => {
      void this.list.reload();
      if (this.current.may('service_accounts:read')) void this.accounts.reload();
    };
    effect(() => {
      this.of();
      untracked(again);
    });
    inject(Live).watch(
      { workspaceId: this.workspaceId, filter: 'type:api_key.*,service_account.*' },
      { event: again, reset: again },
    );
  }

  async revoke({ id, name, hint }: Key): Promise<void> {
    const sure = await this.confirm.ask({
      heading: $localize`Revoke ${name}:key:?`,
      text: $localize`Whatever uses the key that ends in ${hint}:hint: is refused within a second. A revoked key never works again.`,
      action: $localize`Revoke`,
      bad: true,
    });
    if (!sure) return;
    const back = this.list.take(id);
    try {
      await this.requests.ask(apiKeysRevoke, { workspaceId: this.workspaceId, keyId: id });
      this.toasts.say({ text: $localize`${name}:key: is revoked` });
    } catch (error) {
      back();
      this.toasts.problem(problemOf(error));
    }
  }
}
