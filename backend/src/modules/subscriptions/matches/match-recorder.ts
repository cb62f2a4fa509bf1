import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { EntityManager } from '#platform/database/index.js';
import type { LogEvent } from '#platform/event-log/index.js';
import { FilterContexts, FilterTargets } from '#platform/filters/index.js';
import { Notifier, type NewNotification } from '#platform/notifications/index.js';
import { Listeners } from '../listening/listeners.js';
import { Reasons } from '../listening/reasons.js';
import type { Match } from '../listening/seats.js';
import { dueOf } from '../plans/due.js';
import { groupOf, Judge, remembers, thingOf, type Judged } from '../plans/judge.js';
import { judgedOf } from '../plans/judged.js';
import { SubscriptionsConfig } from '../subscriptions.config.js';
import {
  type AskedWindow,
  type Fired,
  gathered,
  hide,
  insertMatches,
  type NewMatch,
  type Outcome,
  type Pace,
  paces,
  sourceOf,
  windows,
} from './match-rows.js';
import { keepThings, knownThings, matchingThings, type KnownThing } from './thing-rows.js';

interface Weighed {
  readonly match: Match;
  readonly judged: Judged;
}

/** Writes matches down with what becomes of them, and tells of those that are told at once; all in the reader's transaction. */
@Injectable()
export class MatchRecorder {
  constructor(
    private readonly targets: FilterTargets,
    private readonly contexts: FilterContexts,
    private readonly listeners: Listeners,
    private readonly reasons: Reasons,
    private readonly notifier: Notifier,
    @Inject(SubscriptionsConfig) private readonly config: SubscriptionsConfig,
  ) {}

  /**
   * @param batch what was read, in order
   * @param matches what of it counts for whom, in order
   * @param begun false when others were told of the event before: for whom it matches no more was seen then
   */
  async record(
    em: EntityManager,
    batch: readonly LogEvent[],
    matches: readonly Match[],
    begun: boolean,
  ): Promise<void> {
    const weighed = matches.map((match) => this.weigh(match));
    const lapses = begun && this.listeners.crossings;
    const lapsing = lapses ? await matchingThings(em, batch.map(thingName)) : [];
    if (weighed.length === 0 && lapsing.length === 0) return;
    await this.listeners.meet(
      em,
      lapsing.map(({ seat }) => seat),
    );
    const judge = await this.prepared(em, weighed, lapsing);
    const known = await paces(em, seatsAtOnce(weighed), this.config.burstWindowMs);
    const byEvent = Map.groupBy(weighed, ({ match }) => match.event.id);
    const lapsingOf = Map.groupBy(lapsing, ({ thing }) => thing);
    const made: NewMatch[] = [];
    const told: (Omit<NewNotification, 'events'> & { event: LogEvent })[] = [];
    const fired: Fired[] = [];
    for (const event of batch) {
      const heard = byEvent.get(event.id) ?? [];
      if (lapses) this.lapse(judge, event, heard, lapsingOf);
      for (const one of heard) {
        const outcome = this.outcome(judge, one, known);
        const row = this.row(one, outcome);
        made.push(row);
        if (outcome.state !== 'told') continue;
        const { rule } = one.judged.plan;
        const { notificationId: id } = outcome;
        told.push({ ...notification(row, id, rule ? judge.together(one.judged) : 1), event });
        if (!rule) continue;
        const { seat } = one.judged;
        const { position } = event;
        fired.push({ id, seat, group: groupOf(rule, one.judged), since: judge.begin(one.judged), position });
      }
    }
    await insertMatches(em, made);
    await keepThings(em, changed(judge, weighed, lapsing));
    if (told.length === 0) return;
    const windows = await gathered(em, fired);
    const all = told.map(({ event, ...one }) => ({ ...one, events: windows.get(one.id) ?? [event] }));
    const heard = await this.notifier.notify(em, all);
    // The notifier has the last word on who may see what.
    await hide(
      em,
      all.map(({ id }) => id).filter((id) => !heard.has(id)),
      matches,
    );
  }

  private weigh(match: Match): Weighed {
    const { event, listener } = match;
    const target = this.targets.get(listener.target);
    const figures = judgedOf(listener, target, target.subject(event), this.contexts.rates);
    return { match, judged: { ...figures, thing: thingName(event), at: event.occurredAt } };
  }

  /** A judge who knows what was told before. */
  private async prepared(
    em: EntityManager,
    weighed: readonly Weighed[],
    lapsing: readonly KnownThing[],
  ): Promise<Judge> {
    const judge = new Judge();
    const asked = weighed
      .filter(({ judged }) => remembers(judged.plan))
      .map(({ judged }) => ({ seat: judged.seat, thing: thingOf(judged) }));
    for (const { seat, thing, ...state } of [...lapsing, ...(await knownThings(em, unique(asked)))])
      judge.know(seat, thing, state);
    for (const { seat, group, hits } of await windows(em, askedWindows(weighed))) judge.remember(seat, group, hits);
    return judge;
  }

  /** Things that matched for somebody and do not any more. */
  private lapse(
    judge: Judge,
    event: LogEvent,
    heard: readonly Weighed[],
    lapsing: ReadonlyMap<string, readonly KnownThing[]>,
  ): void {
    const thing = thingName(event);
    const matched = new Set(heard.map(({ judged }) => judged.seat));
    const seats = [...(lapsing.get(thing) ?? []).map(({ seat }) => seat), ...judge.holding(thing)];
    for (const seat of new Set(seats)) {
      const listener = matched.has(seat) ? undefined : this.listeners.get(seat);
      if (listener && this.reasons.matches(listener, event) === false) judge.miss(seat, thing);
    }
  }

  private outcome(judge: Judge, { match, judged }: Weighed, known: Map<string, Pace>): Outcome {
    const held = judge.judge(judged);
    if (held) return { state: 'held', why: held };
    const { listener, zone, snoozedUntil } = match;
    const due = dueOf({ plan: listener.plan, zone, snoozedUntil }, new Date());
    if (due) return { state: 'waiting', why: due.why, dueAt: due.at };
    const pace = known.get(listener.key) ?? { told: 0, due: null };
    if (pace.due !== null || pace.told >= this.config.burstMatches) {
      const dueAt = pace.due ?? new Date(Date.now() + this.config.burstWindowMs);
      known.set(listener.key, { ...pace, due: dueAt });
      return { state: 'waiting', why: 'burst', dueAt };
    }
    known.set(listener.key, { ...pace, told: pace.told + 1 });
    return { state: 'told', notificationId: uuidv7() };
  }

  private row({ match, judged }: Weighed, outcome: Outcome): NewMatch {
    const { rule } = match.listener.plan;
    return {
      match,
      reason: this.reasons.of(match.listener, match.event),
      ruleGroup: rule ? groupOf(rule, judged) : null,
      figure: judged.figure ?? null,
      outcome,
    };
  }
}

/** How the thing that an event is about is called. */
export function thingName({ subjectType, subjectId }: Pick<LogEvent, 'subjectType' | 'subjectId'>): string {
  return `${subjectType}/${subjectId}`;
}

function notification(
  { match: { listener }, reason }: NewMatch,
  id: string,
  total: number,
): Omit<NewNotification, 'events'> {
  return {
    id,
    workspaceId: listener.workspaceId,
    userId: listener.userId,
    source: sourceOf(listener),
    total,
    form: total > 1 ? 'burst' : 'single',
    reason,
    channels: listener.plan.channels,
  };
}

function seatsAtOnce(weighed: readonly Weighed[]): string[] {
  const immediate = weighed.filter(({ judged }) => judged.plan.rhythm.kind === 'immediate');
  return [...new Set(immediate.map(({ judged }) => judged.seat))];
}

function unique(asked: readonly { seat: string; thing: string }[]): { seat: string; thing: string }[] {
  return [...new Map(asked.map((one) => [`${one.seat} ${one.thing}`, one])).values()];
}

function askedWindows(weighed: readonly Weighed[]): AskedWindow[] {
  const asked = new Map<string, AskedWindow & { moments: Date[] }>();
  for (const { judged } of weighed) {
    const { seat, at, plan } = judged;
    if (!plan.rule) continue;
    const group = groupOf(plan.rule, judged);
    const known = asked.get(`${seat} ${group}`);
    if (known) known.moments.push(at);
    else asked.set(`${seat} ${group}`, { seat, group, rule: plan.rule, moments: [at] });
  }
  return [...asked.values()];
}

function changed(judge: Judge, weighed: readonly Weighed[], lapsing: readonly KnownThing[]): KnownThing[] {
  const places = unique([...lapsing, ...weighed.map(({ judged }) => ({ seat: judged.seat, thing: thingOf(judged) }))]);
  return places.flatMap(({ seat, thing }) => {
    const state = judge.changed(seat, thing) ? judge.state(seat, thing) : undefined;
    return state ? [{ seat, thing, ...state }] : [];
  });
}
