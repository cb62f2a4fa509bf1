import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { lucideBot, lucidePlus } from '@ng-icons/lucide';
import { problemOf, Requests, serviceAccountsRemove, serviceAccountsResume, serviceAccountsSuspend } from '../../api';
import { RoleCatalogue } from '../../members/role-catalogue';
import { CurrentWorkspace } from '../../session';
import { type Act, Ago, beginning, Confirm, EmptyState, Icon, More, ProblemNote, Skeleton, Toasts } from '../../ui';
import { MakeKey } from '../key-list/make-key';
import { ShownKey } from '../key-list/shown-key';
import { type Account, KeyStore } from '../key.store';
import { AccountEditor } from './account-editor';

/** The members that are programs. */
@Component({
  selector: 'sb-account-list',
  imports: [AccountEditor, Ago, EmptyState, Icon, MakeKey, More, ProblemNote, ShownKey, Skeleton],
  providers: [KeyStore],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './account-list.html',
})
export class AccountList {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  private readonly confirm = inject(Confirm);
  private readonly current = inject(CurrentWorkspace);
  protected readonly store = inject(KeyStore);
  protected readonly roles = inject(RoleCatalogue);
  protected readonly icons = { lucideBot, lucidePlus };
  protected readonly mayWrite = this.current.may('service_accounts:write');
  private readonly mayMakeKeys = this.current.may('api_keys:write');
  protected readonly editing = signal<Account | undefined>(undefined);
  protected readonly opening = beginning(this.mayWrite);
  protected readonly making = signal<Account | undefined>(undefined);

  protected moreAbout({ name }: Account): string {
    return $localize`More about ${name}:account:`;
  }

  protected acts(account: Account): Act[] {
    return [
      ...(this.mayMakeKeys ? [{ title: $localize`Make a key for it`, run: () => this.making.set(account) }] : []),
      { title: $localize`Change`, run: () => this.editing.set(account) },
      {
        title: account.suspendedAt === null ? $localize`Suspend` : $localize`Let in again`,
        run: () => this.suspend(account),
      },
      { title: $localize`Remove`, bad: true, run: () => this.remove(account) },
    ];
  }

  private async suspend(account: Account): Promise<void> {
    const { accounts, workspaceId } = this.store;
    const away = account.suspendedAt === null;
    const { name, id: serviceAccountId } = account;
    accounts.put({ ...account, suspendedAt: away ? new Date().toISOString() : null });
    try {
      const ask = away ? serviceAccountsSuspend : serviceAccountsResume;
      const now = await this.requests.ask(ask, { workspaceId, serviceAccountId });
      accounts.put(now);
      const text = away ? $localize`${name}:account: is suspended` : $localize`${name}:account: is let in again`;
      this.toasts.undoable(text, () => this.suspend(now));
    } catch (error) {
      accounts.put(account);
      this.toasts.problem(problemOf(error));
    }
  }

  private async remove({ id, name }: Account): Promise<void> {
    const sure = await this.confirm.ask({
      heading: $localize`Remove ${name}:account:?`,
      text: $localize`Its keys stop working within a second, for good. What it made stays.`,
      action: $localize`Remove`,
      bad: true,
    });
    if (!sure) return;
    const back = this.store.accounts.take(id);
    try {
      await this.requests.ask(serviceAccountsRemove, { workspaceId: this.store.workspaceId, serviceAccountId: id });
    } catch (error) {
      back();
      this.toasts.problem(problemOf(error));
    }
  }
}
