import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { PayingInstance } from './spec-support.js';

jest.setTimeout(60_000);
let shop: PayingInstance;
beforeAll(async () => {
  shop = await PayingInstance.start();
});
afterAll(() => shop?.close());

describe('what Stripe tells', () => {
  it('is refused when its signature is not Stripe’s, or it is a replay of an old one', async () => {
    const { team, subscription } = await shop.paying();
    Object.assign(subscription, { status: 'canceled' });
    const { body, id } = shop.stripe.event('customer.subscription.deleted', subscription);
    const fresh = shop.stripe.sign(body);
    const now = Math.floor(Date.now() / 1000);
    const forgeries: [string, string, Record<string, string>][] = [
      ['no signature', body, { 'content-type': 'application/json' }],
      ['another secret', body, shop.stripe.sign(body, now, 'whsec_guessed')],
      ['another body', body.replace('canceled', 'active'), fresh],
      ['the same JSON in other bytes', JSON.stringify(JSON.parse(body)), fresh],
      ['an old one', body, shop.stripe.sign(body, now - 301)],
      [
        'another time',
        body,
        { ...fresh, 'stripe-signature': fresh['stripe-signature']!.replace(/t=\d+/, `t=${now + 1}`) },
      ],
      ['nonsense', body, { ...fresh, 'stripe-signature': 't=,v1=' }],
      ['an empty body', '', shop.stripe.sign('')],
    ];
    for (const [what, bytes, headers] of forgeries) {
      const answer = await shop.send(bytes, headers);
      expect([what, answer.statusCode, answer.json().code]).toEqual([what, 400, 'webhook_refused']);
    }
    expect((await shop.send(body, { ...fresh, 'content-type': 'text/plain' })).statusCode).toBe(415);
    expect((await shop.send('x'.repeat(300_000), fresh)).statusCode).toBe(413);
    expect(await shop.spec.rows('select from payment_event where id = $1', [id])).toEqual([]);
    expect((await shop.shown(team)).plan.name).toBe('team');
    expect((await shop.send(body, fresh)).statusCode).toBe(200);
    await shop.has(team, 'free');
  });

  it('about others, or of what is no matter here, changes nothing', async () => {
    const { team, subscription } = await shop.paying();
    const before = await shop.looked(team);
    expect(await shop.tell('customer.subscription.deleted', { ...subscription, customer: 'cus_of_another_shop' })).toBe(
      200,
    );
    expect(await shop.tell('product.created', subscription)).toBe(200);
    expect(await shop.billing(team)).toEqual(before);
  });

  it('waits while Stripe does not answer, and is not lost', async () => {
    const { team, subscription } = await shop.paying();
    subscription.price = 'price_big';
    const down = [503, { error: { type: 'api_error', message: 'Down' } }] as [number, object];
    // The client tries each question twice by itself.
    shop.stripe.failures.push(down, down);
    await shop.tell('customer.subscription.updated', subscription);
    await shop.has(team, 'big');
    expect(shop.stripe.failures).toEqual([]);
  });

  it('of a customer who was deleted there ends the plan', async () => {
    const { team, subscription } = await shop.paying();
    shop.stripe.deleteCustomer(subscription.customer);
    await shop.tell('customer.deleted', subscription);
    await shop.has(team, 'free');
    // They may come back, as another customer.
    const again = shop.stripe.pay(await shop.checkOut(team));
    expect(again.customer).not.toBe(subscription.customer);
    await shop.tell('customer.subscription.created', again);
    await shop.has(team, 'team');
  });
});
