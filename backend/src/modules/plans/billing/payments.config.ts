import { z } from 'zod';
import { Config, configClass, list, setting, url, whole } from '#platform/config/index.js';

const PRICE = /^([a-z][a-z0-9_-]{0,39})=(price_\w{1,200})$/;

const prices = list()
  .refine((entries) => entries.every((entry) => PRICE.test(entry)), {
    error: 'must be plans with their prices, such as team=price_1Abc, separated by commas',
  })
  .transform((entries) => entries.map((entry) => entry.split('=') as [plan: string, price: string]));

/** How plans are paid for: through Stripe, or not at all. */
@Config
export class PaymentsConfig extends configClass('payments', {
  secretKey: setting(
    'STRIPE_SECRET_KEY',
    z
      .string()
      .regex(/^[rs]k_\w+$/, 'must be a key that starts with sk_ or rk_')
      .optional(),
    'The secret key of the Stripe account that takes payments; nobody can pay when absent.',
    true,
  ),
  webhookSecret: setting(
    'STRIPE_WEBHOOK_SECRET',
    z
      .string()
      .regex(/^whsec_\S+$/, 'must be a signing secret that starts with whsec_')
      .optional(),
    'The signing secret of the webhook endpoint /api/v1/stripe/webhooks.',
    true,
  ),
  prices: setting(
    'STRIPE_PRICES',
    prices,
    'Which plan a price of Stripe pays for, such as team=price_1Abc,team=price_2Def; the first of a plan is what is offered.',
  ),
  graceDays: setting('STRIPE_GRACE_DAYS', whole(7, 0, 90), 'Days that a plan stays after a payment failed.'),
  url: setting(
    'STRIPE_URL',
    url('http', 'https').default('https://api.stripe.com'),
    'The address of the API of Stripe.',
  ),
}) {}
