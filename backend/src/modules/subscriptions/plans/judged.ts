import type { Rates, Subject } from '#contract/filter/index.js';
import type { FilterTarget } from '#platform/filters/index.js';
import type { Judged } from './judge.js';
import { isMoney, measureOf } from './measures.js';
import type { Plan } from './plan.js';

/** Whose match it is. */
interface Whose {
  readonly key: string;
  readonly plan: Plan;
  readonly owner: { readonly currency: string };
}

/** What a plan looks at in a subject: the measure of its target, and the figure of a threshold rule with its limit. */
export function judgedOf(
  { key, plan, owner }: Whose,
  target: FilterTarget,
  subject: Subject,
  rates: Rates,
): Pick<Judged, 'seat' | 'plan' | 'value' | 'better' | 'figure' | 'limit'> {
  const { measure, catalogue } = target;
  const value = measure && measureOf(catalogue, measure.field, rates)?.(subject);
  const seen = { seat: key, plan, value, better: measure?.better };
  const { rule } = plan;
  if (rule?.kind !== 'threshold') return seen;
  // Amounts are compared in the common unit of the rates; the limit is in the person's currency.
  const unit = isMoney(catalogue, rule.field) ? rates.get(owner.currency) : 1;
  const limit = unit === undefined ? undefined : rule.value * unit;
  return { ...seen, figure: measureOf(catalogue, rule.field, rates)?.(subject), limit };
}
