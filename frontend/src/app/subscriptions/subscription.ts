import type { Body, Item, subscriptionsChange, subscriptionsList } from '../api';

export type Subscription = Item<typeof subscriptionsList>;
export type Change = NonNullable<Body<typeof subscriptionsChange>>;
export type Rhythm = Subscription['rhythm'];
export type Rule = NonNullable<Subscription['rule']>;
/** How a subscription stands, the strongest word first. */
export type State = 'paused' | 'expired' | 'snoozed' | 'listening' | 'offered';

/** @param now milliseconds since 1970 */
export function stateOf({ paused, expiresAt, snoozedUntil, joined }: Subscription, now: number): State {
  if (expiresAt !== null && Date.parse(expiresAt) <= now) return 'expired';
  if (paused) return 'paused';
  if (!joined) return 'offered';
  return snoozedUntil !== null && Date.parse(snoozedUntil) > now ? 'snoozed' : 'listening';
}

/** Names of the days, Monday first, in a language. */
export function weekdays(locale: string): string[] {
  const format = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' });
  // 5 January 2026 is a Monday.
  return Array.from({ length: 7 }, (_, day) => format.format(Date.UTC(2026, 0, 5 + day)));
}

/** A whole hour as a clock shows it. */
export const clockOf = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

/** When somebody is told, in a few words. */
export function rhythmWords(rhythm: Rhythm, locale: string): string {
  switch (rhythm.kind) {
    case 'immediate':
      return $localize`at once`;
    case 'hourly':
      return $localize`every hour`;
    case 'daily':
      return $localize`daily at ${clockOf(rhythm.hour)}:time:`;
    case 'weekly':
      return $localize`${weekdays(locale)[rhythm.weekday - 1] ?? ''}:day: at ${clockOf(rhythm.hour)}:time:`;
  }
}

/** What must come together, in a sentence. */
export function ruleWords(rule: Rule): string {
  const within = minutesWords(rule.windowMinutes);
  switch (rule.kind) {
    case 'count':
      return $localize`more than ${rule.moreThan}:count: within ${within}:time:`;
    case 'rate':
      return $localize`more than ${rule.morePerHour}:count: an hour, within ${within}:time:`;
    case 'threshold':
      return rule.is === 'above'
        ? $localize`${figureWords(rule.of)}:figure: of ${rule.field}:field: above ${rule.value}:value: within ${within}:time:`
        : $localize`${figureWords(rule.of)}:figure: of ${rule.field}:field: below ${rule.value}:value: within ${within}:time:`;
  }
}

/** @returns such as "3 hours" */
export function minutesWords(minutes: number): string {
  if (minutes % 1440 === 0) return minutes === 1440 ? $localize`a day` : $localize`${minutes / 1440}:count: days`;
  if (minutes % 60 === 0) return minutes === 60 ? $localize`an hour` : $localize`${minutes / 60}:count: hours`;
  return $localize`${minutes}:count: minutes`;
}

/** How the figure of a rule is taken. */
export function figureWords(of: Extract<Rule, { kind: 'threshold' }>['of']): string {
  return { average: $localize`average`, lowest: $localize`lowest`, highest: $localize`highest`, sum: $localize`sum` }[
    of
  ];
}

/** What a subscription may be about. */
export function targets(): readonly { readonly id: string; readonly title: string; readonly example: string }[] {
  return [
    { id: 'deal', title: $localize`Deals`, example: 'origin:NYC price<=400' },
    { id: 'activity', title: $localize`Activity`, example: 'type:source.failed or type:member.*' },
  ];
}
