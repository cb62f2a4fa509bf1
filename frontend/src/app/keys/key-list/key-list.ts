import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { lucideBot, lucideKeyRound, lucidePlus } from '@ng-icons/lucide';
import { People } from '../../people/people';
import { CurrentWorkspace, Session } from '../../session';
import { type Act, Ago, beginning, Clock, EmptyState, Icon, More, ProblemNote, Skeleton } from '../../ui';
import { KeyStore, type Key } from '../key.store';
import { ChangeKey } from './change-key';
import { MakeKey } from './make-key';
import { RotateKey } from './rotate-key';
import { ShownKey } from './shown-key';

/** The API keys of the workspace. */
@Component({
  selector: 'sb-key-list',
  imports: [Ago, ChangeKey, EmptyState, Icon, MakeKey, More, ProblemNote, RotateKey, ShownKey, Skeleton],
  providers: [KeyStore],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './key-list.html',
})
export class KeyList {
  protected readonly store = inject(KeyStore);
  protected readonly clock = inject(Clock);
  private readonly people = inject(People);
  private readonly current = inject(CurrentWorkspace);
  private readonly me = inject(Session).person()?.id;
  protected readonly icons = { lucideBot, lucideKeyRound, lucidePlus };
  protected readonly mayWrite = this.current.may('api_keys:write');
  protected readonly making = beginning(this.mayWrite);
  protected readonly rotating = signal<Key | undefined>(undefined);
  protected readonly changing = signal<Key | undefined>(undefined);

  /** Whose it is: a person's, or a service account's. */
  protected owner({ userId, serviceAccountId }: Key): string {
    if (serviceAccountId !== null)
      return (
        this.store.accounts.items().find(({ id }) => id === serviceAccountId)?.name ?? $localize`a service account`
      );
    return (userId !== null && this.people.nameOf(userId)) || $localize`somebody`;
  }

  protected over({ expiresAt }: Key): boolean {
    return expiresAt !== null && Date.parse(expiresAt) <= this.clock.minute();
  }

  protected moreAbout({ name }: Key): string {
    return $localize`More about the key ${name}:key:`;
  }

  protected acts(key: Key): Act[] {
    // A person's secret acts for them: only they get a new one.
    const mine =
      key.userId === this.me || (key.serviceAccountId !== null && this.current.may('service_accounts:write'));
    return [
      ...(mine ? [{ title: $localize`Give it a new secret`, run: () => this.rotating.set(key) }] : []),
      { title: $localize`Name and addresses`, run: () => this.changing.set(key) },
      { title: $localize`Revoke`, bad: true, run: () => this.store.revoke(key) },
    ];
  }
}
