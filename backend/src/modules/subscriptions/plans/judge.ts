import type { Plan, Rule } from './plan.js';

/** Why a match was not told, though the filter found it. */
export type Held = 'rule' | 'not_crossed' | 'not_improved' | 'cooldown';

/** A match to be judged. */
export interface Judged {
  /** Who listens. */
  readonly seat: string;
  readonly plan: Plan;
  /** What the event is about: one deal, one deployment. */
  readonly thing: string;
  readonly at: Date;
  /** The target's measure, such as the price, and which way is better. */
  readonly value?: number | undefined;
  readonly better?: 'lower' | 'higher' | undefined;
  /** The figure that a threshold rule looks at, and what it is compared with, in the same unit. */
  readonly figure?: number | undefined;
  readonly limit?: number | undefined;
}

/** What is known of a thing that somebody's subscription has matched. */
export interface ThingState {
  /** Whether it matched when it was last heard of. */
  matching: boolean;
  toldAt: Date | null;
  toldValue: number | null;
}

/** One earlier match within a rule's window. */
export interface Hit {
  readonly at: Date;
  readonly figure: number | null;
}

/** So many matches of a window are looked at; the most that a rule can ask for is below. */
export const MOST_HITS = 10_000;

/**
 * Says of matches, in the order of the log, whether they are told. It knows no clock: the moments are the events' own, so
 * that reading the same events again, or asking what would have been, gives the same answers.
 */
export class Judge<H extends Hit = Hit> {
  private readonly things = new Map<string, ThingState>();
  private readonly windows = new Map<string, H[]>();
  private readonly touched = new Set<string>();

  /** Tells it what is known of a thing. */
  know(seat: string, thing: string, state: ThingState): void {
    this.things.set(keyOf(seat, thing), { ...state });
  }

  /** Tells it an earlier match of a subscription with a rule; the oldest first. */
  remember(seat: string, group: string, hit: H): void {
    this.window(seat, group).push(hit);
  }

  /** The state of a thing. */
  state(seat: string, thing: string): ThingState | undefined {
    return this.things.get(keyOf(seat, thing));
  }

  /** Whether a thing's state has changed since it was known. */
  changed(seat: string, thing: string): boolean {
    return this.touched.has(keyOf(seat, thing));
  }

  /** Whose subscriptions a thing matches now, as far as the judge has heard. */
  holding(thing: string): string[] {
    const end = ` ${thing}`;
    const held = [...this.things].filter(([key, { matching }]) => matching && key.endsWith(end));
    return held.map(([key]) => key.slice(0, -end.length));
  }

  /** The thing was heard of and did not match. */
  miss(seat: string, thing: string): void {
    const state = this.things.get(keyOf(seat, thing));
    if (!state?.matching) return;
    state.matching = false;
    this.touched.add(keyOf(seat, thing));
  }

  /** Judges a match. @returns why it is held back; undefined when it is told */
  judge(match: Judged, hit: H): Held | undefined {
    const { plan, seat, at, value } = match;
    if (plan.rule && !this.fires(plan.rule, match, hit)) return 'rule';
    const thing = thingOf(match);
    if (!remembers(plan)) return undefined;
    const key = keyOf(seat, thing);
    const known = this.things.get(key) ?? { matching: false, toldAt: null, toldValue: null };
    const held = verdict(plan, known, match);
    this.things.set(
      key,
      held ? { ...known, matching: true } : { matching: true, toldAt: at, toldValue: value ?? known.toldValue },
    );
    this.touched.add(key);
    return held;
  }

  /** The matches that stand in a rule's window at a moment, the oldest first. */
  gathered({ seat, plan, at, ...match }: Judged): H[] {
    const { rule } = plan;
    if (!rule) return [];
    const hits = this.window(seat, groupOf(rule, match));
    return within(hits, rule, latest(hits, at)).sort((a, b) => a.at.getTime() - b.at.getTime());
  }

  /** A rule fires as its condition comes true: when it holds with this match and did not just before it. */
  private fires(rule: Rule, match: Judged, hit: H): boolean {
    const hits = this.window(match.seat, groupOf(rule, match));
    // Something read late counts in the window that ends with the latest, or a crossing that it completes would go unseen.
    const end = latest(hits, match.at);
    const before = within(hits, rule, end);
    hits.push(hit);
    if (hits.length > 2 * MOST_HITS) hits.splice(0, hits.length - MOST_HITS);
    const counts = within([hit], rule, end);
    return holds(rule, [...before, ...counts], match.limit) && !holds(rule, before, match.limit);
  }

  private window(seat: string, group: string): H[] {
    const key = keyOf(seat, group);
    let hits = this.windows.get(key);
    if (!hits) this.windows.set(key, (hits = []));
    return hits;
  }
}

/** What a rule counts together: everything, or what is about one thing. */
export function groupOf(rule: Rule, { thing }: Pick<Judged, 'thing'>): string {
  return rule.perSubject ? thing : '';
}

/** Whether a plan has to know what it told of each thing before. */
export function remembers({ crossing, improvesBy, cooldownMinutes }: Plan): boolean {
  return crossing || improvesBy !== null || cooldownMinutes !== null;
}

/** What cooldown and crossing are about: the thing, or the group of the rule. */
export function thingOf(match: Pick<Judged, 'plan' | 'thing'>): string {
  return match.plan.rule ? groupOf(match.plan.rule, match) : match.thing;
}

function verdict(plan: Plan, known: ThingState, match: Judged): Held | undefined {
  const { crossing, improvesBy, cooldownMinutes } = plan;
  const { toldAt } = known;
  const better = improvesBy !== null && improved(known.toldValue, match, improvesBy);
  if (crossing && known.matching && !better) return improvesBy === null ? 'not_crossed' : 'not_improved';
  if (!crossing && improvesBy !== null && toldAt && !better) return 'not_improved';
  const cools = cooldownMinutes !== null && toldAt && match.at.getTime() - toldAt.getTime() < cooldownMinutes * 60_000;
  return cools ? 'cooldown' : undefined;
}

function improved(told: number | null, { value, better }: Judged, percent: number): boolean {
  if (value === undefined) return false;
  if (told === null) return true;
  const step = (Math.abs(told) * percent) / 100;
  return better === 'higher' ? value >= told + step : value <= told - step;
}

function within<H extends Hit>(hits: readonly H[], { windowMinutes }: Rule, at: Date): H[] {
  const from = at.getTime() - windowMinutes * 60_000;
  return hits.filter((hit) => hit.at.getTime() > from && hit.at <= at).slice(-MOST_HITS);
}

function latest(hits: readonly Hit[], at: Date): Date {
  return hits.reduce((end, hit) => (hit.at > end ? hit.at : end), at);
}

function holds(rule: Rule, hits: readonly Hit[], limit: number | undefined): boolean {
  if (rule.kind === 'count') return hits.length > rule.moreThan;
  if (rule.kind === 'rate') return (hits.length * 60) / rule.windowMinutes > rule.morePerHour;
  const figures = hits.map(({ figure }) => figure).filter((figure) => figure !== null);
  if (figures.length === 0 || limit === undefined) return false;
  const figure = aggregates[rule.of](figures);
  return rule.is === 'above' ? figure > limit : figure < limit;
}

const sum = (figures: readonly number[]) => figures.reduce((a, b) => a + b, 0);
const aggregates = {
  sum,
  average: (figures: readonly number[]) => sum(figures) / figures.length,
  lowest: (figures: readonly number[]) => figures.reduce((a, b) => Math.min(a, b)),
  highest: (figures: readonly number[]) => figures.reduce((a, b) => Math.max(a, b)),
};

function keyOf(seat: string, thing: string): string {
  return `${seat} ${thing}`;
}
