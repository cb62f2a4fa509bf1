import { QuotaExceeded, type QuotaKind } from '#platform/quotas/index.js';
import type { Plan } from '../catalogue/plan.js';
import { nextMonth } from './period.js';

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** How a larger plan is had, continuing "For more, …". */
export const MORE = 'ask whoever runs this instance for a larger plan';

/** What was asked for, and why it is too much. */
export interface Excess {
  kind: QuotaKind;
  plan: Plan;
  used: number;
  allowed: number;
  wanted: number;
  /** How a larger plan is had; see `MORE`. */
  more: string;
}

/** The refusal, with a sentence that names the limit, what is used, and what to do. */
export function refusal({ kind, plan, used, allowed, wanted, more }: Excess, now = new Date()): QuotaExceeded {
  const { unit, name: quota } = kind;
  const resets = kind.period === 'month' ? nextMonth(now) : undefined;
  const sentences = [
    `This workspace has used ${amount(used, kind)} of the ${amount(allowed, kind)} ${named(kind)} that its plan "${plan.title}" includes${unit === 'bytes' ? `; this needs ${amount(wanted, kind)}` : ''}.`,
    ...(kind.remedy ? [`To make room, ${kind.remedy}.`] : []),
    ...(resets ? [`Counting begins anew on ${resets.toISOString().slice(0, 10)} (UTC).`] : []),
    `For more, ${more}.`,
  ];
  const resetsAt = resets?.toISOString() ?? null;
  return new QuotaExceeded(sentences.join(' '), { quota, plan: plan.name, used, allowed, unit, wanted, resetsAt });
}

/** A figure for people: `1,250`, `499.6 MB`. */
export function amount(value: number, { unit }: Pick<QuotaKind, 'unit'>): string {
  if (unit === 'count') return value.toLocaleString('en-US');
  const power = Math.min(UNITS.length - 1, value < 1024 ? 0 : Math.floor(Math.log(value) / Math.log(1024)));
  return `${Number((value / 1024 ** power).toFixed(1)).toLocaleString('en-US')} ${UNITS[power]}`;
}

function named({ noun, unit, period }: QuotaKind): string {
  const what = unit === 'bytes' ? `of ${noun}` : noun;
  return period === 'month' ? `${what} a month` : what;
}
