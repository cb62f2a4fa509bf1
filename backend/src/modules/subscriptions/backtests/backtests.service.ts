import { Inject, Injectable } from '@nestjs/common';
import { canonical, parse, print } from '#contract/filter/index.js';
import type { Member } from '#platform/access/index.js';
import { filterCondition, FilterTargets, type FilterTarget } from '#platform/filters/index.js';
import { judgedOf } from '../plans/judged.js';
import { readClock } from '../plans/local-clock.js';
import { PLAIN, type Plan } from '../plans/plan.js';
import { Choices } from '../subscriptions/choices.js';
import { SubscriptionsConfig } from '../subscriptions.config.js';
import type { NewPreview, Preview } from './backtests.schemas.js';
import { FIRST_OF_FILTER, type Happened, History } from './history.js';
import { rehearse, type Rehearsed, type WouldSend } from './rehearsal.js';

const SHOWN_MATCHES = 50;
const SHOWN_EXAMPLES = 10;

/** Says what a subscription would have matched and sent, before it is made. */
@Injectable()
export class BacktestsService {
  constructor(
    private readonly targets: FilterTargets,
    private readonly choices: Choices,
    private readonly history: History,
    @Inject(SubscriptionsConfig) private readonly config: SubscriptionsConfig,
  ) {}

  /** @throws NoSuchTarget, TargetHidden, FilterRefused, ChoiceRefused */
  async preview(who: Member, { target: name, filter: text, days, ...wanted }: NewPreview): Promise<Preview> {
    const target = this.choices.seen(who, name);
    this.choices.checkPlan(target, wanted);
    const plan: Plan = { ...PLAIN, ...given(wanted) };
    const context = await this.targets.context({ userId: who.userId });
    const condition = filterCondition(text, target.catalogue, context, FIRST_OF_FILTER, '/body/filter');
    const asked = { target, condition, days, figures: figuresOf(target, plan), all: plan.crossing };
    const { happened, more } = await this.history.of(who, asked);
    const heard = happened.map((one) => this.rehearsed(one, target, plan, context.currency));
    const matches = happened.filter((one) => one.matches);
    const sent = await rehearse(heard, { plan, zone: context.zone, ...this.bursts() }, new Date());
    return {
      canonical: print(canonical(parse(text), target.catalogue)),
      days,
      count: matches.length,
      more,
      matches: matches.slice(-SHOWN_MATCHES).reverse().map(shown),
      sent: sent.length,
      perDay: perDay(matches, sent, context.zone),
      examples: sent.slice(-SHOWN_EXAMPLES).reverse().map(example),
    };
  }

  private rehearsed(
    { title, at, thing, matches, subject }: Happened,
    target: FilterTarget,
    plan: Plan,
    currency: string,
  ): Rehearsed {
    const whose = { key: '', plan, owner: { currency } };
    return { title, at, matches, judged: { ...judgedOf(whose, target, subject, this.targets.rates), thing } };
  }

  private bursts() {
    const { burstMatches, burstWindowMs } = this.config;
    return { burstMatches, burstWindowMs };
  }
}

function given<T extends object>(wanted: T): Partial<T> {
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function figuresOf({ measure }: FilterTarget, { rule, improvesBy }: Plan): string[] {
  const names = new Set<string>();
  if (measure && improvesBy !== null) names.add(measure.field);
  if (rule?.kind === 'threshold') names.add(rule.field);
  return [...names];
}

function shown({ id, title, at }: Happened): Preview['matches'][number] {
  return { id, title, at: at.toISOString() };
}

function example({ at, total, titles }: WouldSend): Preview['examples'][number] {
  return { at: at.toISOString(), total, titles: [...titles] };
}

function perDay(matches: readonly Happened[], sent: readonly WouldSend[], zone: string): Preview['perDay'] {
  const days = new Map<string, { matches: number; sent: number }>();
  const count = (at: Date, what: 'matches' | 'sent') => {
    const { year, month, day } = readClock(at, zone);
    const name = [year, String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');
    const known = days.get(name) ?? { matches: 0, sent: 0 };
    days.set(name, { ...known, [what]: known[what] + 1 });
  };
  for (const { at } of matches) count(at, 'matches');
  for (const { at } of sent) count(at, 'sent');
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, counts]) => ({ day, ...counts }));
}
