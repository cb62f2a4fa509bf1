import { ChangeDetectionStrategy, Component, effect, inject, input, untracked } from '@angular/core';
import { Router } from '@angular/router';
import { lucideCircleCheck } from '@ng-icons/lucide';
import {
  type Answer,
  type Item,
  parkedEventsDiscard,
  parkedEventsList,
  parkedEventsRetry,
  problemOf,
  Requests,
} from '../../api';
import { Ago, Confirm, EmptyState, Page, Paged, poll, ProblemNote, Skeleton, Toasts } from '../../ui';
import { LogReaders } from './log-readers';

/** A parked event with what lists tell it by. */
export type Parked = Item<typeof parkedEventsList> & { readonly id: string };
type State = Parked['state'];

/** The readers of the log, and the events that one of them could not read. */
@Component({
  selector: 'sb-event-log',
  imports: [Ago, EmptyState, LogReaders, Page, ProblemNote, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './event-log.html',
})
export class EventLog {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  private readonly confirm = inject(Confirm);
  readonly state = input<State, State | undefined>('parked', { transform: (state) => state ?? 'parked' });
  protected readonly icons = { lucideCircleCheck };
  protected readonly states: readonly { readonly id: State; readonly title: string }[] = [
    { id: 'parked', title: $localize`Could not be read` },
    { id: 'held', title: $localize`Held behind one` },
    { id: 'discarded', title: $localize`Given up` },
  ];
  protected readonly list = new Paged<Parked>(async (cursor) => {
    const { items, nextCursor } = await this.requests.ask(parkedEventsList, {
      state: this.state(),
      limit: 50,
      ...(cursor !== undefined && { cursor }),
    });
    return { items: items.map((one) => ({ ...one, id: `${one.reader} ${one.position}` })), nextCursor };
  });

  constructor() {
    effect(() => {
      this.state();
      untracked(() => void this.list.reload({ keep: false }));
    });
    poll(10_000, () => this.list.refresh());
  }

  protected choose(state: State): void {
    void this.router.navigate([], { queryParams: { state: state === 'parked' ? null : state } });
  }

  protected async retry(one: Parked): Promise<void> {
    await this.change(() => this.requests.ask(parkedEventsRetry, one));
  }

  protected async discard(one: Parked): Promise<void> {
    const yes = await this.confirm.ask({
      heading: $localize`Give this event up?`,
      text: $localize`${one.reader}:reader: never reads ${one.type}:type:, and what would have come of it does not come. Events held behind it are read.`,
      action: $localize`Give it up`,
      bad: true,
    });
    if (yes) await this.change(() => this.requests.ask(parkedEventsDiscard, one));
  }

  private async change(work: () => Promise<Answer<typeof parkedEventsRetry>>): Promise<void> {
    try {
      const { read, parked } = await work();
      if (parked) this.toasts.say({ text: parked.error ?? $localize`It could not be read again`, bad: true });
      else this.toasts.say({ text: $localize`${read}:count: read` });
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
    await this.list.reload();
  }
}
