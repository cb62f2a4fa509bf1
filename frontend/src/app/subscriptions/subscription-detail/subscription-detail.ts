import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  LOCALE_ID,
  signal,
  untracked,
} from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { lucideArrowLeft, lucidePause, lucidePencil, lucidePlay, lucideSend, lucideTrash2 } from '@ng-icons/lucide';
import type { ToldEvent } from '#contract/realtime/index.js';
import { previewsTest, type Problem, problemOf, Requests, subscriptionsOne } from '../../api';
import { Live } from '../../live/live';
import { CurrentWorkspace } from '../../session';
import { Ago, type Act, Clock, Icon, More, Page, ProblemNote, Skeleton, SnoozeMenu, Toasts } from '../../ui';
import { minutesWords, rhythmWords, ruleWords, stateOf } from '../subscription';
import { CHANGES, SubscriptionsStore } from '../subscriptions.store';
import { Matches } from './matches';
import { Sent } from './sent';

/** One subscription: how it stands, what it found and what became of that, and what was sent. */
@Component({
  selector: 'sb-subscription-detail',
  imports: [Ago, Icon, Matches, More, Page, ProblemNote, RouterLink, Sent, Skeleton, SnoozeMenu],
  providers: [SubscriptionsStore],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './subscription-detail.html',
})
export class SubscriptionDetail {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  private readonly router = inject(Router);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  private readonly locale = inject(LOCALE_ID);
  protected readonly clock = inject(Clock);
  protected readonly store = inject(SubscriptionsStore);
  readonly subscriptionId = input.required<string>();
  protected readonly icons = { lucideArrowLeft, lucidePause, lucidePencil, lucidePlay };
  protected readonly everything = $localize`everything`;
  protected readonly problem = signal<Problem | undefined>(undefined);

  protected readonly one = computed(() => this.store.list.items().find(({ id }) => id === this.subscriptionId()));
  protected readonly facts = computed(() => {
    const one = this.one();
    if (!one) return [];
    const { quietHours: quiet, cooldownMinutes, improvesBy, rule, channels, expiresAt } = one;
    return [
      { name: $localize`Tells`, value: rhythmWords(one.rhythm, this.locale) },
      ...(quiet ? [{ name: $localize`Quiet hours`, value: `${quiet.from} – ${quiet.to}` }] : []),
      ...(one.crossing ? [{ name: $localize`Only`, value: $localize`when it begins to match` }] : []),
      ...(improvesBy !== null
        ? [{ name: $localize`Again`, value: $localize`only when better by ${improvesBy}:percent: %` }]
        : []),
      ...(cooldownMinutes !== null ? [{ name: $localize`Cooldown`, value: minutesWords(cooldownMinutes) }] : []),
      ...(rule ? [{ name: $localize`Alert rule`, value: ruleWords(rule) }] : []),
      { name: $localize`Channels`, value: this.channelWords(channels) },
      ...(expiresAt !== null ? [{ name: $localize`Ends`, value: this.clock.whole(expiresAt) }] : []),
      {
        name: $localize`Whose`,
        value: one.shared ? $localize`shared with the workspace` : $localize`yours alone`,
      },
    ];
  });
  protected readonly state = computed(() => {
    const one = this.one();
    return one && stateOf(one, this.clock.minute());
  });
  protected readonly acts = computed<readonly Act[]>(() => {
    const one = this.one();
    if (!one) return [];
    return [
      { title: $localize`Send a test to me`, icon: lucideSend, run: () => this.test(one.target) },
      ...(one.shared && one.joined ? [{ title: $localize`Leave it`, run: () => this.store.take(one) }] : []),
      { title: $localize`Remove`, icon: lucideTrash2, bad: true, run: () => this.remove() },
    ];
  });

  constructor() {
    effect(() => {
      const id = this.subscriptionId();
      untracked(() => void this.read(id));
    });
    const again = () => void this.read(this.subscriptionId());
    const change = ({ subject }: ToldEvent) => subject.id === this.subscriptionId() && again();
    inject(Live).watch({ workspaceId: this.workspaceId, filter: CHANGES }, { event: change, reset: again });
  }

  protected async read(subscriptionId: string): Promise<void> {
    this.problem.set(undefined);
    try {
      this.store.list.put(await this.requests.ask(subscriptionsOne, { workspaceId: this.workspaceId, subscriptionId }));
    } catch (error) {
      this.problem.set(problemOf(error));
    }
  }

  private channelWords(channels: readonly string[] | null): string {
    if (channels === null) return $localize`the inbox, and as your settings say`;
    const known: Record<string, string> = { mail: $localize`mail`, push: $localize`your browsers` };
    const others = channels.filter((id) => !(id in known)).length;
    return [
      $localize`the inbox`,
      ...channels.flatMap((id) => known[id] ?? []),
      ...(others > 0 ? [others === 1 ? $localize`one more channel` : $localize`${others}:count: more channels`] : []),
    ].join(', ');
  }

  /** The newest real thing of its kind, by mail to the person. */
  private async test(target: string): Promise<void> {
    try {
      const { to } = await this.requests.ask(previewsTest, {
        workspaceId: this.workspaceId,
        body: { kind: target === 'deal' ? 'deal.found' : 'source.failed' },
      });
      this.toasts.say({ text: $localize`An example is on its way to ${to}:address:` });
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }

  private async remove(): Promise<void> {
    const one = this.one();
    if (!one) return;
    if (await this.store.remove(one)) await this.router.navigate(['/workspaces', this.workspaceId, 'subscriptions']);
  }
}
