import { describe, expect, it } from '@jest/globals';
import { InvalidSettings, readConfig } from '#platform/config/index.js';
import type { HttpClient } from '#platform/http-client/index.js';
import { QuotaKinds } from '#platform/quotas/index.js';
import { PlanCatalogue } from '../catalogue/plan-catalogue.js';
import { PlansConfig } from '../plans.config.js';
import { PaymentsConfig } from './payments.config.js';
import { Payments } from './payments.js';

const KEY = { STRIPE_SECRET_KEY: 'sk_test_1' };
const HOOK = { STRIPE_WEBHOOK_SECRET: 'whsec_1' };
const PRICES = { STRIPE_PRICES: 'team=price_old, team=price_new, free=price_3' };

function payments(env: Record<string, string>): Promise<Payments> {
  const catalogue = new PlanCatalogue(readConfig(PlansConfig, {}), new QuotaKinds());
  return Payments.open(readConfig(PaymentsConfig, env), catalogue, {} as HttpClient);
}
async function fault(env: Record<string, string>): Promise<string> {
  try {
    await payments(env);
  } catch (error) {
    if (error instanceof InvalidSettings) return error.message;
    throw error;
  }
  return 'none';
}

describe('payments', () => {
  it('are off unless there is a key, and say so', async () => {
    const off = await payments({});
    expect([off.on, off.offers, off.advice]).toEqual([false, [], 'ask whoever runs this instance for a larger plan']);
    for (const ask of [() => off.api, () => off.signingSecret]) expect(ask).toThrow('This instance takes no payments');
    expect((await payments(PRICES)).offers).toEqual([]);
  });

  it('are for the plans that have a price, the first of which is offered', async () => {
    const on = await payments({ ...KEY, ...HOOK, ...PRICES });
    expect([on.on, on.offers.map(({ name }) => name), on.advice]).toEqual([
      true,
      ['team', 'free'],
      'choose a larger plan',
    ]);
    expect([on.priceOf('team'), on.priceOf('unlimited')]).toEqual(['price_old', undefined]);
    expect([on.planOf('price_new'), on.planOf('price_of_something_else')]).toEqual(['team', null]);
  });

  it.each([
    [{ STRIPE_SECRET_KEY: 'pk_live_1' }, 'STRIPE_SECRET_KEY: must be a key that starts with sk_ or rk_'],
    [{ STRIPE_WEBHOOK_SECRET: 'secret' }, 'STRIPE_WEBHOOK_SECRET: must be a signing secret that starts with whsec_'],
    [{ STRIPE_PRICES: 'team' }, 'STRIPE_PRICES: must be plans with their prices, such as team=price_1Abc'],
    [{ STRIPE_PRICES: 'gold=price_1' }, 'price_1 is for the plan "gold"; plans are free, team, unlimited'],
    [{ ...KEY, ...PRICES }, 'STRIPE_WEBHOOK_SECRET: must be set when STRIPE_SECRET_KEY is'],
    [{ ...KEY, ...HOOK }, 'STRIPE_PRICES: must name a price'],
    [{ STRIPE_URL: 'ftp://x' }, 'STRIPE_URL: must be a URL that starts with http:// or https://'],
    [{ STRIPE_GRACE_DAYS: '91' }, 'STRIPE_GRACE_DAYS: must be a whole number from 0 to 90'],
  ])('are refused as %j, in a sentence that shows no secret', async (env, sentence) => {
    expect(await fault(env)).toContain(sentence);
    expect(await fault(env)).not.toMatch(/sk_test_1|pk_live_1/);
  });
});
