import { ChangeDetectionStrategy, Component, computed, inject, input, resource, viewChild } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import {
  lucideArrowLeft,
  lucideBellPlus,
  lucideCalendarOff,
  lucideExternalLink,
  lucideRefreshCw,
} from '@ng-icons/lucide';
import { dealsExpire, dealsOne, messagesOne, messagesParse, problemOf, Requests } from '../../api';
import { Live } from '../../live/live';
import { type Mark, MailView } from '../../messages';
import { CurrentWorkspace } from '../../session';
import { type Act, Ago, Clock, Confirm, Icon, MoneyPipe, More, Page, ProblemNote, Skeleton, Toasts } from '../../ui';
import { fieldTitle } from '../field-title';
import { likeThis } from '../like-this';
import { PriceHistory } from '../price-history/price-history';
import { routeOf } from '../route-of';
import { SourceNames } from '../source-names';

/** One deal: what it offers, the words that say so in their mail, where it was seen, and what its route usually costs. */
@Component({
  selector: 'sb-deal-detail',
  imports: [Ago, Icon, MailView, MoneyPipe, More, Page, PriceHistory, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './deal-detail.html',
})
export class DealDetail {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly clock = inject(Clock);
  private readonly toasts = inject(Toasts);
  private readonly confirm = inject(Confirm);
  private readonly current = inject(CurrentWorkspace);
  protected readonly workspaceId = this.current.required();
  protected readonly sources = inject(SourceNames);
  private readonly view = viewChild(MailView);
  readonly dealId = input.required<string>();
  protected readonly icons = { lucideArrowLeft, lucideBellPlus, lucideExternalLink };
  protected readonly mayReadMail = computed(() => this.current.may('messages:read'));
  protected readonly maySubscribe = computed(() => this.current.may('subscriptions:write'));

  protected readonly found = resource({
    params: () => this.at(),
    loader: ({ params }) => this.requests.ask(dealsOne, params),
  });
  protected readonly deal = computed(() => (this.found.hasValue() ? this.found.value() : undefined));
  protected readonly problem = computed(() => this.found.error() && problemOf(this.found.error()));
  /** Where the words of now were read: a deal that was repriced in place has the words of the message that did it. */
  protected readonly read = computed(() => {
    const deal = this.deal();
    return deal?.sightings.find(({ priceMinor }) => priceMinor === deal.priceMinor) ?? deal;
  });
  protected readonly mail = resource({
    params: () => (this.mayReadMail() ? this.read()?.messageId : undefined),
    loader: ({ params }) => this.requests.ask(messagesOne, { workspaceId: this.workspaceId, messageId: params }),
  });
  protected readonly message = computed(() => (this.mail.hasValue() ? this.mail.value() : undefined));

  protected readonly mailGone = computed(() => this.mail.error() !== undefined);

  protected readonly heading = computed(() => {
    const deal = this.deal();
    return deal ? `${routeOf(deal.origins)} → ${routeOf(deal.destinations)}` : $localize`Deal`;
  });
  protected readonly cheaper = computed(() => {
    const percentile = this.deal()?.percentile;
    return typeof percentile === 'number' ? Math.round(100 - percentile) : undefined;
  });
  protected readonly facts = computed(() => {
    const deal = this.deal();
    if (!deal) return [];
    const day = (at: string | null) => at && this.clock.day(`${at}T12:00:00Z`);
    const all: [string, string | null | undefined][] = [
      [$localize`Airlines`, deal.airlines.join(', ')],
      [$localize`Cabin`, deal.cabin && cabinOf(deal.cabin)],
      [$localize`Trip`, deal.tripType && tripOf(deal.tripType)],
      [$localize`Stops`, deal.nonstop === null ? undefined : deal.nonstop ? $localize`none` : $localize`at least one`],
      [$localize`Travel from`, day(deal.travelFrom)],
      [$localize`Travel before`, day(deal.travelTo)],
      [$localize`Book by`, day(deal.bookBy)],
    ];
    return all.filter((fact): fact is [string, string] => Boolean(fact[1]));
  });
  protected readonly marks = computed<readonly Mark[]>(() =>
    Object.entries(this.read()?.evidence ?? {}).map(([field, span]) => ({ label: fieldTitle(field), span })),
  );
  protected readonly like = computed(() => {
    const deal = this.deal();
    return deal ? likeThis(deal) : '';
  });
  protected readonly acts = computed<readonly Act[]>(() => {
    const deal = this.deal();
    if (!deal || !this.current.may('deals:write')) return [];
    return [
      { title: $localize`Read its message again`, icon: lucideRefreshCw, run: () => this.readAgain(deal.messageId) },
      ...(deal.status === 'active'
        ? [{ title: $localize`It is gone, or was none`, icon: lucideCalendarOff, bad: true, run: () => this.expire() }]
        : []),
    ];
  });

  constructor() {
    const reload = () => void this.found.reload();
    inject(Live).watch(
      { workspaceId: this.workspaceId, target: 'activity', filter: 'type:deal.repriced,deal.corrected,deal.expired' },
      { event: ({ subject }) => subject.id === this.dealId() && reload(), reset: reload },
    );
  }

  protected look(mark: number): void {
    this.view()?.look(mark);
  }

  private async readAgain(messageId: string): Promise<void> {
    try {
      await this.requests.ask(messagesParse, { workspaceId: this.workspaceId, messageId });
      await this.router.navigate(['/workspaces', this.workspaceId, 'messages', messageId]);
      this.toasts.say({ text: $localize`The message is read again; what comes of it shows here.` });
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }

  private async expire(): Promise<void> {
    const yes = await this.confirm.ask({
      heading: $localize`End this deal?`,
      text: $localize`It leaves the active deals for everybody, and its subscribers hear that it is over. The same offer in a later message is a new deal.`,
      action: $localize`End the deal`,
      bad: true,
    });
    if (!yes) return;
    try {
      this.found.set(await this.requests.ask(dealsExpire, this.at()));
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }

  private at() {
    return { workspaceId: this.workspaceId, dealId: this.dealId() };
  }
}

function cabinOf(cabin: string): string {
  if (cabin === 'economy') return $localize`Economy`;
  if (cabin === 'business') return $localize`Business`;
  if (cabin === 'first') return $localize`First`;
  return $localize`Premium economy`;
}

const tripOf = (trip: string): string => (trip === 'oneway' ? $localize`One way` : $localize`Round trip`);
