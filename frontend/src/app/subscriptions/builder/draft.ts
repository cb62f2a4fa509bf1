import type { Body, backtestsPreview, subscriptionsCreate } from '../../api';
import type { Rhythm, Rule, Subscription } from '../subscription';

export type NewSubscription = NonNullable<Body<typeof subscriptionsCreate>>;
export type Question = NonNullable<Body<typeof backtestsPreview>>;

/** A subscription as a form holds it: flat, and with a place for all that may be chosen. */
export interface Draft {
  name: string;
  target: string;
  filter: string;
  shared: boolean;
  rhythm: Rhythm['kind'];
  hour: string;
  weekday: string;
  quiet: boolean;
  quietFrom: string;
  quietTo: string;
  cooldownMinutes: number | null;
  crossing: boolean;
  improvesBy: number | null;
  rule: Rule['kind'] | '';
  windowMinutes: number | null;
  moreThan: number | null;
  morePerHour: number | null;
  field: string;
  of: Extract<Rule, { kind: 'threshold' }>['of'];
  is: 'above' | 'below';
  value: number | null;
  perSubject: boolean;
  /** Whether channels are chosen here; else the person's preferences say where it goes. */
  ownChannels: boolean;
  channels: readonly string[];
  /** As a field of day and time holds it; empty for never. */
  expires: string;
}

/** @param expires of the subscription, as a field of day and time shows it */
export function draftOf(one: Partial<Subscription>, expires = ''): Draft {
  const { rhythm = { kind: 'immediate' }, rule, quietHours, channels } = one;
  return {
    name: one.name ?? '',
    target: one.target ?? 'deal',
    filter: one.filter ?? '',
    shared: one.shared ?? false,
    rhythm: rhythm.kind,
    hour: 'hour' in rhythm ? String(rhythm.hour) : '8',
    weekday: 'weekday' in rhythm ? String(rhythm.weekday) : '1',
    quiet: Boolean(quietHours),
    quietFrom: quietHours?.from ?? '22:00',
    quietTo: quietHours?.to ?? '07:00',
    cooldownMinutes: one.cooldownMinutes ?? null,
    crossing: one.crossing ?? false,
    improvesBy: one.improvesBy ?? null,
    rule: rule?.kind ?? '',
    windowMinutes: rule?.windowMinutes ?? 60,
    moreThan: rule?.kind === 'count' ? rule.moreThan : 3,
    morePerHour: rule?.kind === 'rate' ? rule.morePerHour : 3,
    field: rule?.kind === 'threshold' ? rule.field : 'price',
    of: rule?.kind === 'threshold' ? rule.of : 'lowest',
    is: rule?.kind === 'threshold' ? rule.is : 'below',
    value: rule?.kind === 'threshold' ? rule.value : null,
    perSubject: rule?.perSubject ?? false,
    ownChannels: Boolean(channels),
    channels: channels ?? [],
    expires,
  };
}

/** What a backtest is asked. */
export function questionOf(draft: Draft, days: number): Question {
  const { target, filter, crossing, improvesBy, cooldownMinutes } = draft;
  return {
    target,
    filter,
    days,
    crossing,
    improvesBy,
    cooldownMinutes,
    rhythm: rhythmOf(draft),
    quietHours: quietHoursOf(draft),
    rule: ruleOf(draft),
  };
}

/** What is sent to make it. @param expiresAt RFC 3339 */
export function bodyOf(draft: Draft, expiresAt: string | null): NewSubscription {
  const { days: _days, ...plan } = questionOf(draft, 1);
  return {
    ...plan,
    ...(draft.name.trim() && { name: draft.name.trim() }),
    shared: draft.shared,
    channels: draft.ownChannels ? [...draft.channels] : null,
    expiresAt,
  };
}

export function rhythmOf({ rhythm, hour, weekday }: Draft): Rhythm {
  switch (rhythm) {
    case 'daily':
      return { kind: rhythm, hour: Number(hour) };
    case 'weekly':
      return { kind: rhythm, hour: Number(hour), weekday: Number(weekday) };
    default:
      return { kind: rhythm };
  }
}

export function quietHoursOf({ quiet, quietFrom, quietTo }: Draft): { from: string; to: string } | null {
  return quiet ? { from: quietFrom, to: quietTo } : null;
}

/** A figure that is missing is sent as one that the server refuses beside its field. */
function ruleOf(draft: Draft): Rule | null {
  const { perSubject } = draft;
  const windowMinutes = draft.windowMinutes ?? 0;
  switch (draft.rule) {
    case '':
      return null;
    case 'count':
      return { kind: 'count', windowMinutes, moreThan: draft.moreThan ?? 0, perSubject };
    case 'rate':
      return { kind: 'rate', windowMinutes, morePerHour: draft.morePerHour ?? 0, perSubject };
    case 'threshold': {
      const { field, of, is, value } = draft;
      return { kind: 'threshold', windowMinutes, field, of, is, value: value ?? 0, perSubject };
    }
  }
}

const BESIDE: Readonly<Record<string, string>> = {
  quietHours: 'quietTo',
  'quietHours/from': 'quietFrom',
  'quietHours/to': 'quietTo',
  expiresAt: 'expires',
};

/** The same refused part of the body by the field of the form that it stands in. @param path JSON pointer */
export function besideOf(path: string): string {
  const member = path.replace(/^\/body\//, '');
  return `/body/${BESIDE[member] ?? member.replace(/^(?:rule|rhythm)\//, '')}`;
}
