import type { Plan, Rule } from './plan.js';
import { Window, type Bygone, type Figures, type Hit } from './window.js';

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

/**
 * Says of matches, in the order of the log, whether they are told. It knows no clock: the moments are the events' own, so
 * that reading the same events again, or asking what would have been, gives the same answers.
 */
export class Judge {
  private readonly things = new Map<string, ThingState>();
  private readonly windows = new Map<string, Window>();
  /** Who has heard of a thing. */
  private readonly seats = new Map<string, Set<string>>();
  private readonly touched = new Set<string>();

  /** Tells it what is known of a thing. */
  know(seat: string, thing: string, state: ThingState): void {
    this.put(seat, thing, { ...state });
  }

  /** Tells it earlier matches of a subscription with a rule; the oldest first. */
  remember(seat: string, group: string, hits: Bygone): void {
    this.window(seat, group).push(hits);
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
    return [...(this.seats.get(thing) ?? [])].filter((seat) => this.state(seat, thing)?.matching);
  }

  /** The thing was heard of and did not match. */
  miss(seat: string, thing: string): void {
    const state = this.things.get(keyOf(seat, thing));
    if (!state?.matching) return;
    state.matching = false;
    this.touched.add(keyOf(seat, thing));
  }

  /** Judges a match. @returns why it is held back; undefined when it is told */
  judge(match: Judged, hit: Hit = { at: match.at, figure: match.figure ?? null }): Held | undefined {
    const { plan, seat, at, value } = match;
    if (plan.rule && !this.fires(plan.rule, match, hit)) return 'rule';
    const thing = thingOf(match);
    if (!remembers(plan)) return undefined;
    const key = keyOf(seat, thing);
    const known = this.things.get(key) ?? { matching: false, toldAt: null, toldValue: null };
    const held = verdict(plan, known, match);
    // What is held changes nothing: a crossing that came while it cooled down is told with the first match afterwards.
    if (held) return held;
    this.put(seat, thing, { matching: plan.crossing, toldAt: at, toldValue: value ?? known.toldValue });
    this.touched.add(key);
    return undefined;
  }

  /** How many matches stand in a rule's window at a moment. */
  together(match: Omit<Judged, 'value'>): number {
    return this.moved(match)?.size ?? 0;
  }

  /** Where a rule's window begins that ends at a moment, or with the latest match. */
  begin(match: Omit<Judged, 'value'>): Date {
    const { rule } = match.plan;
    return new Date(rule ? (this.moved(match)?.since(rule) ?? 0) : 0);
  }

  private put(seat: string, thing: string, state: ThingState): void {
    this.things.set(keyOf(seat, thing), state);
    const seats = this.seats.get(thing);
    if (seats) seats.add(seat);
    else this.seats.set(thing, new Set([seat]));
  }

  /**
   * A rule fires as its condition comes true: when it holds with this match, and did not with the one before, or not just before
   * this one. A lowest figure rises by time alone, as what was lower leaves, and is told with the match that finds it so.
   */
  private fires(rule: Rule, match: Judged, hit: Hit): boolean {
    const window = this.window(match.seat, groupOf(rule, match));
    // Something read late counts in the window that ends with the latest, or a crossing that it completes would go unseen.
    window.moveTo(window.end, rule);
    const held = holds(rule, window.total, match.limit);
    window.moveTo(match.at, rule);
    const before = held && holds(rule, window.total, match.limit);
    if (hit.at.getTime() <= window.since(rule)) return false;
    window.push(hit);
    window.moveTo(match.at, rule);
    return !before && holds(rule, window.total, match.limit);
  }

  private moved({ seat, plan: { rule }, thing, at }: Omit<Judged, 'value'>): Window | undefined {
    const window = rule && this.window(seat, groupOf(rule, { thing }));
    if (!window) return undefined;
    window.moveTo(at, rule);
    return window;
  }

  private window(seat: string, group: string): Window {
    const key = keyOf(seat, group);
    let window = this.windows.get(key);
    if (!window) this.windows.set(key, (window = new Window()));
    return window;
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

function holds(rule: Rule, total: Figures, limit: number | undefined): boolean {
  if (rule.kind === 'count') return total.hits > rule.moreThan;
  if (rule.kind === 'rate') return (total.hits * 60) / rule.windowMinutes > rule.morePerHour;
  if (total.figures === 0 || limit === undefined) return false;
  const figure = rule.of === 'average' ? total.sum / total.figures : total[rule.of];
  return rule.is === 'above' ? figure > limit : figure < limit;
}

function keyOf(seat: string, thing: string): string {
  return `${seat} ${thing}`;
}
