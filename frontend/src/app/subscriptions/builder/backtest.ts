import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  output,
  signal,
  untracked,
} from '@angular/core';
import { type Answer, backtestsPreview, type Problem, problemOf, Requests } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Ago, Clock, Skeleton } from '../../ui';
import type { Question } from './draft';

type Found = Answer<typeof backtestsPreview>;

/** The days over which one asks. */
export const DAYS = 90;
/** How long typing rests before it is asked, in milliseconds. */
const REST_MS = 350;

/** What a subscription would have sent, asked while it is written. The last answer stays until the next one is there. */
@Component({
  selector: 'sb-backtest',
  imports: [Ago, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './backtest.html',
})
export class Backtest {
  private readonly requests = inject(Requests);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  private readonly clock = inject(Clock);
  readonly question = input.required<Question>();
  /** What the server says of the filter; undefined while it can be read. */
  readonly refused = output<Problem | undefined>();
  protected readonly days = DAYS;
  protected readonly stale = $localize`From before the last change, which cannot be read yet.`;
  protected readonly unread = $localize`As soon as the filter can be read, what it would have found stands here.`;
  protected readonly found = signal<Found | undefined>(undefined);
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly busy = signal(false);
  private round = 0;

  /** One bar for each day, today last; days without anything have none in the answer. */
  protected readonly bars = computed(() => {
    const perDay = new Map(this.found()?.perDay.map((one) => [one.day, one]));
    const most = Math.max(1, ...[...perDay.values()].map(({ matches }) => matches));
    return this.calendar().map((day) => {
      const { matches = 0, sent = 0 } = perDay.get(day) ?? {};
      return { day, matches, sent, height: (100 * matches) / most, told: matches ? Math.min(1, sent / matches) : 0 };
    });
  });
  protected readonly most = computed(() => Math.max(0, ...this.bars().map(({ matches }) => matches)));
  protected readonly told = computed(() => this.bars().filter(({ matches }) => matches > 0));

  constructor() {
    effect((onCleanup) => {
      const question = this.question();
      const timer = setTimeout(() => untracked(() => void this.ask(question)), REST_MS);
      onCleanup(() => clearTimeout(timer));
    });
  }

  protected dayOf(day: string): string {
    return this.clock.day(`${day}T12:00:00Z`);
  }

  private readonly calendar = computed(() => {
    const format = new Intl.DateTimeFormat('en-CA', { timeZone: this.clock.zone() });
    const today = Date.parse(`${format.format(Date.now())}T00:00:00Z`);
    return Array.from({ length: DAYS }, (_, ago) =>
      new Date(today - (DAYS - 1 - ago) * 86_400_000).toISOString().slice(0, 10),
    );
  });

  private async ask(body: Question): Promise<void> {
    const round = ++this.round;
    this.busy.set(true);
    try {
      const found = await this.requests.ask(backtestsPreview, { workspaceId: this.workspaceId, body });
      if (round !== this.round) return;
      this.found.set(found);
      this.problem.set(undefined);
      this.refused.emit(undefined);
    } catch (error) {
      if (round !== this.round) return;
      const problem = problemOf(error);
      this.problem.set(problem);
      this.refused.emit(problem);
    } finally {
      if (round === this.round) this.busy.set(false);
    }
  }
}
