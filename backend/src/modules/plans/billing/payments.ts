import type { FactoryProvider } from '@nestjs/common';
import type Stripe from 'stripe';
import { InvalidSettings } from '#platform/config/index.js';
import { HttpClient } from '#platform/http-client/index.js';
import { PlanCatalogue } from '../catalogue/plan-catalogue.js';
import type { Plan } from '../catalogue/plan.js';
import { MORE } from '../limits/refusal.js';
import { PaymentsOff } from './billing.errors.js';
import { PaymentsConfig } from './payments.config.js';

const TIMEOUT_MS = 20_000;
const MORE_TO_BUY = 'choose a larger plan';

/** What is for sale, and the way to the payment provider. */
export class Payments {
  private readonly plans: ReadonlyMap<string, string>;

  private constructor(
    private readonly config: PaymentsConfig,
    private readonly catalogue: PlanCatalogue,
    private readonly stripe?: Stripe,
  ) {
    this.plans = new Map(config.prices.map(([plan, price]) => [price, plan]));
  }

  /** @throws InvalidSettings when something that payments need is missing, or a price is for no plan */
  static async open(config: PaymentsConfig, catalogue: PlanCatalogue, http: HttpClient): Promise<Payments> {
    const faults = faultsOf(config, catalogue);
    if (faults.length > 0) throw new InvalidSettings(faults);
    const stripe = config.secretKey ? await connect(config.secretKey, config.url, http) : undefined;
    return new Payments(config, catalogue, stripe);
  }

  /** Days that a plan stays after a payment failed. */
  get graceDays(): number {
    return this.config.graceDays;
  }

  /** True when people can pay. */
  get on(): boolean {
    return this.stripe !== undefined;
  }

  /** How a larger plan is had, continuing "For more, …". */
  get advice(): string {
    return this.on ? MORE_TO_BUY : MORE;
  }

  /** @throws PaymentsOff */
  get api(): Stripe {
    if (!this.stripe) throw new PaymentsOff();
    return this.stripe;
  }

  /** @throws PaymentsOff */
  get signingSecret(): string {
    const { webhookSecret } = this.config;
    if (!this.stripe || !webhookSecret) throw new PaymentsOff();
    return webhookSecret;
  }

  /** The plans that are for sale, in the order of the settings. */
  get offers(): Plan[] {
    if (!this.on) return [];
    return [...new Set(this.plans.values())].flatMap((name) => this.catalogue.find(name) ?? []);
  }

  /** The price that a plan is offered at; undefined when it is not for sale. */
  priceOf(plan: string): string | undefined {
    return [...this.plans].find(([, name]) => name === plan)?.[0];
  }

  /** The plan that a price pays for; null for one of another product. */
  planOf(price: string): string | null {
    return this.plans.get(price) ?? null;
  }
}

function faultsOf(config: PaymentsConfig, catalogue: PlanCatalogue): string[] {
  const faults = config.prices
    .filter(([plan]) => !catalogue.find(plan))
    .map(
      ([plan, price]) => `STRIPE_PRICES: ${price} is for the plan "${plan}"; plans are ${catalogue.names().join(', ')}`,
    );
  if (!config.secretKey) return faults;
  if (!config.webhookSecret)
    faults.push('STRIPE_WEBHOOK_SECRET: must be set when STRIPE_SECRET_KEY is, or no payment would be heard of');
  if (config.prices.length === 0)
    faults.push('STRIPE_PRICES: must name a price when STRIPE_SECRET_KEY is set, such as team=price_1Abc');
  return faults;
}

/**
 * Its requests go through the client that reaches no private network unless the operator allows it. The library takes 9 MB
 * of memory: it is loaded where somebody can pay.
 */
async function connect(key: string, address: string, http: HttpClient): Promise<Stripe> {
  const { default: Stripe } = await import('stripe');
  const { protocol, hostname: host, port } = new URL(address);
  return new Stripe(key, {
    protocol: protocol === 'http:' ? 'http' : 'https',
    host,
    port: port || (protocol === 'http:' ? 80 : 443),
    httpClient: Stripe.createFetchHttpClient(fetchThrough(http)),
    maxNetworkRetries: 1,
    timeout: TIMEOUT_MS,
    telemetry: false,
    appInfo: { name: 'Signalbox' },
  });
}

function fetchThrough(http: HttpClient): typeof fetch {
  return async (input, init = {}) => {
    const { status, headers, body } = await http.send(String(input), {
      method: init.method as 'GET' | 'POST' | 'DELETE',
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(init.body ? { body: String(init.body) } : {}),
      ...(init.signal ? { signal: init.signal } : {}),
    });
    // It is decoded already.
    delete headers['content-encoding'];
    return new Response(body, { status, headers });
  };
}

/** Opened at start, so that wrong settings are told of before anybody wants to pay. */
export const paymentsProvider: FactoryProvider<Payments> = {
  provide: Payments,
  inject: [PaymentsConfig, PlanCatalogue, HttpClient],
  useFactory: (config: PaymentsConfig, catalogue: PlanCatalogue, http: HttpClient) =>
    Payments.open(config, catalogue, http),
};
