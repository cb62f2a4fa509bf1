import type Stripe from 'stripe';
import type { PaidSubscription } from './billing.entity.js';

/** Which of several subscriptions of one customer counts: the first of these that there is, of several the newest. */
const RANKS = ['active', 'trialing', 'past_due', 'unpaid', 'paused', 'incomplete', 'canceled', 'incomplete_expired'];

/**
 * Asks the provider for the subscription of a customer as it is now: what a webhook tells of may be over, and webhooks come
 * in any order.
 *
 * @param planOf the plan that a price pays for
 * @returns null when there never was one, or the customer was deleted there
 */
export async function subscriptionOf(
  api: Stripe,
  customer: string,
  planOf: (price: string) => string | null,
): Promise<PaidSubscription | null> {
  const found: Stripe.Subscription[] = [];
  try {
    for await (const one of api.subscriptions.list({ customer, status: 'all', limit: 100 })) found.push(one);
  } catch (error) {
    if (missing(error)) return null;
    throw error;
  }
  const [first] = found.toSorted((a, b) => rankOf(a) - rankOf(b) || b.created - a.created);
  if (!first) return null;
  const [item] = first.items.data;
  return {
    id: first.id,
    status: first.status,
    plan: item ? planOf(item.price.id) : null,
    periodEndsAt: instant(item?.current_period_end ?? null),
    endsAt: instant(first.cancel_at ?? first.ended_at),
  };
}

/** True when the provider does not know the thing that was asked for. */
export function missing(error: unknown): boolean {
  return (error as { code?: string }).code === 'resource_missing';
}

function rankOf({ status }: Stripe.Subscription): number {
  const rank = RANKS.indexOf(status);
  return rank < 0 ? RANKS.length : rank;
}

function instant(seconds: number | null): Date | null {
  return seconds === null ? null : new Date(seconds * 1000);
}
