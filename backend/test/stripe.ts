// A payment provider for specs: it speaks the part of Stripe's API that the plans room uses, to Stripe's own client, and signs
// what it tells as Stripe does (docs.stripe.com/webhooks/signature), written down a second time to hold the room to it.
import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A subscription as the provider keeps it. */
export interface FakeSubscription {
  id: string;
  customer: string;
  status: string;
  price: string;
  created: number;
  periodEnd: number;
  cancelAt: number | null;
  endedAt: number | null;
}

/** One request that it got. */
export interface SeenRequest {
  method: string;
  path: string;
  form: Record<string, string>;
  headers: IncomingMessage['headers'];
}

type Answer = [status: number, body: object];

const KEY = 'sk_test_of_the_specs';
const SECRET = 'whsec_of_the_specs';
const now = () => Math.floor(Date.now() / 1000);
const id = (kind: string) => `${kind}_${randomBytes(8).toString('hex')}`;
const refusal = (status: number, type: string, code: string, message: string): Answer => [
  status,
  { error: { type, code, message } },
];

/** Speaks Stripe's protocol on a port of its own. */
export class FakeStripe {
  readonly subscriptions = new Map<string, FakeSubscription>();
  readonly seen: SeenRequest[] = [];
  /** Answers that are given instead of the right ones, one a request. */
  readonly failures: Answer[] = [];
  private readonly customers = new Map<string, { id: string; name: string; deleted: boolean }>();
  private readonly sessions = new Map<
    string,
    { customer: string; price: string; status: 'open' | 'complete' | 'expired'; created: number }
  >();
  private readonly held: { at: string; reached: () => void; released: Promise<void> }[] = [];
  private readonly repeated = new Map<string, Answer>();
  private readonly server: Server;
  url = '';

  private constructor() {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  static async start(): Promise<FakeStripe> {
    const fake = new FakeStripe();
    await new Promise<void>((done) => fake.server.listen(0, '127.0.0.1', done));
    fake.url = `http://127.0.0.1:${(fake.server.address() as AddressInfo).port}`;
    return fake;
  }

  /** The settings of an instance that takes payments here. */
  settings(prices = 'team=price_team'): Record<string, string> {
    return {
      STRIPE_SECRET_KEY: KEY,
      STRIPE_WEBHOOK_SECRET: SECRET,
      STRIPE_PRICES: prices,
      STRIPE_URL: this.url,
      SIGNALBOX_OUTBOUND_ALLOW: '127.0.0.1',
    };
  }

  async close(): Promise<void> {
    await new Promise((done) => this.server.close(done));
  }

  /**
   * Holds the next request of that kind, each call another one, until it is released.
   *
   * @param at method and path, such as `POST /v1/checkout/sessions`
   */
  hold(at: string): { reached: Promise<void>; release(): void } {
    const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    this.held.push({ at, reached: reached.resolve, released: released.promise });
    return { reached: reached.promise, release: released.resolve };
  }

  /** The addresses of a customer's checkouts that can be paid. */
  openCheckouts(customer: string): string[] {
    return [...this.sessions]
      .filter(([, session]) => session.customer === customer && session.status === 'open')
      .map(([session]) => pageOf(session));
  }

  /** What a person does on the page of a checkout: they pay. @returns the new subscription */
  pay(checkout: string, status = 'active'): FakeSubscription {
    const session = this.sessions.get(checkout.split('/').at(-1) ?? '');
    if (!session) throw new Error(`There is no checkout at ${checkout}.`);
    if (session.status !== 'open') throw new Error(`The checkout at ${checkout} is ${session.status}.`);
    session.status = 'complete';
    const { customer, price } = session;
    const periodEnd = now() + 30 * 86_400;
    const made = { id: id('sub'), customer, status, price, created: now(), periodEnd, cancelAt: null, endedAt: null };
    this.subscriptions.set(made.id, made);
    return made;
  }

  /** Also ends what they pay for. */
  deleteCustomer(customer: string): void {
    this.customers.get(customer)!.deleted = true;
    for (const one of this.subscriptions.values()) if (one.customer === customer) one.status = 'canceled';
  }

  customersMade(): number {
    return this.customers.size;
  }

  /** An event about a subscription, as bytes with the header that signs them. */
  event(type: string, about: FakeSubscription): { body: string; id: string } {
    const { customer } = about;
    const objects: Record<string, object> = {
      'customer.deleted': { id: customer, object: 'customer', deleted: true },
      'invoice.paid': { id: id('in'), object: 'invoice', customer },
      'invoice.payment_failed': { id: id('in'), object: 'invoice', customer },
    };
    const object = objects[type] ?? shown(about);
    const event = {
      id: id('evt'),
      object: 'event',
      api_version: '2026-10-28.endive',
      created: now(),
      type,
      data: { object },
    };
    // Indented, as Stripe sends it: whoever parses it and writes it again gets other bytes.
    return { body: JSON.stringify(event, null, 2), id: event.id };
  }

  /** The header `Stripe-Signature`. @param at seconds since 1970 */
  sign(body: string, at = now(), secret = SECRET): Record<string, string> {
    const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
    return {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': `t=${at},v1=${signature},v0=${'0'.repeat(64)}`,
    };
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://fake');
    const form = Object.fromEntries([...searchParams, ...new URLSearchParams(Buffer.concat(chunks).toString())]);
    const seen = { method: request.method ?? '', path: pathname, form, headers: request.headers };
    this.seen.push(seen);
    const next = this.held.findIndex(({ at }) => at === `${seen.method} ${pathname}`);
    const [hold] = next < 0 ? [] : this.held.splice(next, 1);
    hold?.reached();
    await hold?.released;
    const [status, body] = this.failures.shift() ?? this.remembered(seen);
    response
      .writeHead(status, { 'content-type': 'application/json', 'request-id': id('req') })
      .end(JSON.stringify(body));
  }

  private remembered(seen: SeenRequest): Answer {
    const key = seen.method === 'POST' ? seen.headers['idempotency-key'] : undefined;
    const known = typeof key === 'string' ? this.repeated.get(key) : undefined;
    const answer = known ?? this.answer(seen);
    if (typeof key === 'string') this.repeated.set(key, answer);
    return answer;
  }

  private answer({ method, path, form, headers }: SeenRequest): Answer {
    if (headers.authorization !== `Bearer ${KEY}`)
      return refusal(401, 'invalid_request_error', 'api_key_invalid', 'Invalid API Key provided.');
    if (!headers['stripe-version']) return refusal(400, 'invalid_request_error', 'no_version', 'No version.');
    const at = `${method} ${path.replace(/\/(?:cus|cs)_\w+/, '/:id')}`;
    switch (at) {
      case 'POST /v1/customers': {
        const made = { id: id('cus'), name: form['name'] ?? '', deleted: false };
        this.customers.set(made.id, made);
        return [200, { ...made, object: 'customer', deleted: undefined, metadata: {} }];
      }
      case 'GET /v1/customers/:id': {
        const found = this.customers.get(path.split('/').at(-1) ?? '');
        if (!found) return missing('customer', path);
        return [200, { ...found, object: 'customer', ...(found.deleted ? {} : { deleted: undefined }) }];
      }
      case 'DELETE /v1/customers/:id': {
        const customer = path.split('/').at(-1) ?? '';
        if (!this.has(customer)) return missing('customer', customer);
        this.deleteCustomer(customer);
        return [200, { id: customer, object: 'customer', deleted: true }];
      }
      case 'POST /v1/checkout/sessions':
        return this.checkout(form);
      case 'GET /v1/checkout/sessions': {
        const found = [...this.sessions].filter(
          ([, { customer, status }]) => customer === form['customer'] && status === form['status'],
        );
        const data = found.map(([session, { status, created }]) => ({
          id: session,
          object: 'checkout.session',
          status,
          created,
        }));
        return [200, { object: 'list', url: '/v1/checkout/sessions', has_more: false, data }];
      }
      case 'POST /v1/checkout/sessions/:id/expire': {
        const session = this.sessions.get(path.split('/').at(-2) ?? '');
        if (session?.status !== 'open')
          return refusal(400, 'invalid_request_error', 'not_open', 'Only open Checkout Sessions can be expired.');
        session.status = 'expired';
        return [200, { id: path.split('/').at(-2), object: 'checkout.session', status: 'expired' }];
      }
      case 'POST /v1/billing_portal/sessions':
        if (!this.has(form['customer'])) return missing('customer', form['customer']);
        return [200, { id: id('bps'), object: 'billing_portal.session', url: `https://billing.example/${id('bps')}` }];
      case 'GET /v1/subscriptions': {
        if (!this.has(form['customer'])) return missing('customer', form['customer']);
        const found = [...this.subscriptions.values()].filter(({ customer }) => customer === form['customer']);
        const listed = form['status'] === 'all' ? found : found.filter(({ status }) => status !== 'canceled');
        return [200, { object: 'list', url: '/v1/subscriptions', has_more: false, data: listed.map(shown) }];
      }
      default:
        return refusal(404, 'invalid_request_error', 'unknown', `Unrecognized request URL (${at}).`);
    }
  }

  private checkout(form: Record<string, string>): Answer {
    const { customer = '', mode, success_url: back } = form;
    const price = form['line_items[0][price]'] ?? '';
    if (!this.has(customer)) return missing('customer', customer);
    if (mode !== 'subscription' || !price || !back)
      return refusal(400, 'invalid_request_error', 'parameter_missing', 'A parameter is missing.');
    if (!price.startsWith('price_')) return missing('price', price);
    const session = id('cs');
    const created = now();
    this.sessions.set(session, { customer, price, status: 'open', created });
    return [200, { id: session, object: 'checkout.session', url: pageOf(session), created }];
  }

  private has(customer: string | undefined): boolean {
    return this.customers.get(customer ?? '')?.deleted === false;
  }
}

function pageOf(session: string): string {
  return `https://checkout.example/c/pay/${session}`;
}

function missing(kind: string, name = ''): Answer {
  return refusal(404, 'invalid_request_error', 'resource_missing', `No such ${kind}: '${name}'`);
}

function shown({ id: own, customer, status, price, created, periodEnd, cancelAt, endedAt }: FakeSubscription): object {
  return {
    id: own,
    object: 'subscription',
    customer,
    status,
    created,
    cancel_at: cancelAt,
    ended_at: endedAt,
    items: {
      object: 'list',
      data: [
        {
          id: id('si'),
          object: 'subscription_item',
          price: { id: price, object: 'price' },
          current_period_end: periodEnd,
        },
      ],
    },
  };
}
