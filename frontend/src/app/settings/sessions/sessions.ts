import { ChangeDetectionStrategy, Component, computed, effect, inject, untracked } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { lucideMonitor, lucideSmartphone } from '@ng-icons/lucide';
import { type Item, ownSessionsEnd, ownSessionsEndMany, ownSessionsList, problemOf, Requests } from '../../api';
import { Session as Own } from '../../session';
import { Ago, Clock, Confirm, Icon, Page, Paged, ProblemNote, Skeleton, Toasts } from '../../ui';

type Session = Item<typeof ownSessionsList>;

/** Where the person is signed in, and the end of it. */
@Component({
  selector: 'sb-sessions',
  imports: [Ago, Icon, Page, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './sessions.html',
})
export class Sessions {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  private readonly confirm = inject(Confirm);
  private readonly router = inject(Router);
  private readonly own = inject(Own);
  protected readonly icons = { lucideMonitor, lucideSmartphone };

  protected readonly list = new Paged<Session>((cursor) =>
    this.requests.ask(ownSessionsList, { limit: 50, ...(cursor && { cursor }) }),
  );
  /** This one first, then as they were used. */
  protected readonly rows = computed(() =>
    this.list
      .items()
      .toSorted((a, b) => Number(b.current) - Number(a.current) || (a.lastUsedAt < b.lastUsedAt ? 1 : -1)),
  );
  protected readonly others = computed(() => this.list.items().some(({ current }) => !current));

  constructor() {
    const clock = inject(Clock);
    // Sessions belong to no workspace, and only workspaces are told live: it is asked anew while somebody looks.
    effect(() => {
      clock.minute();
      untracked(() => void this.list.reload());
    });
  }

  protected iconOf({ device }: Session): string {
    return /android|ios|iphone|ipad|mobile/i.test(device) ? lucideSmartphone : lucideMonitor;
  }

  protected methodOf({ method }: Session): string {
    return METHODS[method]?.() ?? method;
  }

  /** Begins with the words on the button, for who speaks to the page. */
  protected endLabel({ device }: Session): string {
    return $localize`Sign out ${device}:device:`;
  }

  /** At once; the row comes back when the server would not. */
  protected async end({ id, device }: Session): Promise<void> {
    const back = this.list.take(id);
    try {
      await this.requests.ask(ownSessionsEnd, { sessionId: id });
      this.toasts.say({ text: $localize`${device}:device: is signed out.` });
    } catch (error) {
      back();
      this.toasts.problem(problemOf(error));
    }
  }

  protected async endOthers(): Promise<void> {
    try {
      const { count } = await this.requests.ask(ownSessionsEndMany, { which: 'others' });
      this.toasts.say({ text: $localize`Signed out elsewhere: ${count}:count: sessions ended.` });
      await this.list.reload();
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }

  protected async endAll(): Promise<void> {
    const sure = await this.confirm.ask({
      heading: $localize`Sign out everywhere`,
      text: $localize`Every device is signed out, this one too. API keys go on working.`,
      action: $localize`Sign out everywhere`,
      bad: true,
    });
    if (!sure) return;
    try {
      await this.requests.ask(ownSessionsEndMany, { which: 'all' });
    } catch (error) {
      return this.toasts.problem(problemOf(error));
    }
    await this.own.signOut();
    await this.router.navigateByUrl('/sign-in');
  }
}

const METHODS: Record<string, (() => string) | undefined> = {
  password: () => $localize`password`,
  passkey: () => $localize`passkey`,
  identity: () => $localize`another issuer`,
  registration: () => $localize`sign-up`,
};
