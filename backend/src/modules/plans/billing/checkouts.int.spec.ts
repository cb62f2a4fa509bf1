import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { UsersModule } from '#modules/users/index.js';
import { startApplication } from '#test/application.js';
import { factory } from '#test/factories.js';
import { PlansModule } from '../index.js';
import { PayingInstance } from './spec-support.js';

jest.setTimeout(60_000);
const OPENED = 'POST /v1/checkout/sessions';

let shop: PayingInstance;
beforeAll(async () => {
  shop = await PayingInstance.start();
});
afterAll(() => shop?.close());

describe('a checkout', () => {
  it('is for plans that are for sale', async () => {
    const team = await shop.make.workspace().create();
    for (const [plan, message] of [
      ['free', 'must be one of team, big'],
      ['gold', 'must be one of team, big'],
    ]) {
      const answer = await shop.post(team, 'checkouts', { plan });
      expect([answer.statusCode, answer.json().errors]).toEqual([400, [{ path: '/body/plan', message }]]);
    }
    expect([await shop.billing(team), await shop.told(team)]).toEqual([undefined, []]);
  });

  it('is not for who pays already: they have the portal', async () => {
    const { team } = await shop.paying();
    const answer = await shop.post(team, 'checkouts', { plan: 'big' });
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'already_paying']);
    const portal = await shop.post(team, 'billing-portal-sessions');
    expect([portal.statusCode, portal.json().url]).toEqual([201, expect.stringContaining('https://billing.example/')]);
    expect((await shop.told(team)).at(-1)).toEqual(['billing_portal.opened', 'user', {}]);
    const other = await shop.make.workspace().create();
    expect((await shop.post(other, 'billing-portal-sessions')).json().code).toBe('nothing_paid');
  });

  it('is one at a time: nobody pays twice', async () => {
    const team = await shop.make.workspace().create();
    const first = await shop.checkOut(team);
    const second = await shop.checkOut(team, 'big');
    expect(() => shop.stripe.pay(first)).toThrow('is expired');
    shop.stripe.pay(second);
    // Stripe has not told us yet.
    const late = await shop.post(team, 'checkouts', { plan: 'team' });
    expect([late.statusCode, late.json().code]).toEqual([409, 'already_paying']);
    expect((await shop.told(team)).map(([type]) => type)).toEqual(['checkout.started', 'checkout.started']);
  });

  it('is one when two are opened at the very same moment: one wins, and the other is told', async () => {
    const team = await shop.make.workspace().create();
    shop.stripe.pay(await shop.checkOut(team)).status = 'canceled'; // There is a customer, and nothing to end.
    const before = (await shop.told(team)).length;
    const holds = [shop.stripe.hold(OPENED), shop.stripe.hold(OPENED)];
    const both = Promise.all(['team', 'big'].map((plan) => shop.post(team, 'checkouts', { plan })));
    await Promise.all(holds.map(({ reached }) => reached)); // Both have seen that none is open.
    for (const { release } of holds) release();
    const answers = await both;
    const codes = answers.map(({ statusCode, json }) => [statusCode, json().code]).sort();
    expect(codes).toEqual([
      [201, undefined],
      [409, 'checkout_under_way'],
    ]);
    const open = shop.stripe.openCheckouts((await shop.billing(team))?.['customer_id'] as string);
    expect(open).toEqual([answers.find(({ statusCode }) => statusCode === 201)?.json().url]);
    expect((await shop.told(team)).slice(before).map(([type]) => type)).toEqual(['checkout.started']);
    shop.stripe.pay(open[0] ?? '');
  });

  it('is ended when another one was opened and paid while it was being opened', async () => {
    const team = await shop.make.workspace().create();
    shop.stripe.pay(await shop.checkOut(team)).status = 'canceled';
    const before = (await shop.told(team)).length;
    const hold = shop.stripe.hold(OPENED);
    const late = shop.post(team, 'checkouts', { plan: 'big' });
    await hold.reached;
    shop.stripe.pay(await shop.checkOut(team));
    hold.release();
    const { statusCode, json } = await late;
    expect([statusCode, json().code]).toEqual([409, 'already_paying']);
    expect(shop.stripe.openCheckouts((await shop.billing(team))?.['customer_id'] as string)).toEqual([]);
    expect((await shop.told(team)).slice(before).map(([type]) => type)).toEqual(['checkout.started']);
  });

  it('makes one customer, however many are opened at once', async () => {
    const team = await shop.make.workspace().create();
    const before = shop.stripe.customersMade();
    const answers = await Promise.all(Array.from({ length: 4 }, () => shop.post(team, 'checkouts', { plan: 'team' })));
    expect(shop.stripe.customersMade()).toBe(before + 1);
    const billing = await shop.billing(team);
    expect(billing).toMatchObject({ status: null, wanted: 0 });
    // One is open, and was given to somebody.
    const open = shop.stripe.openCheckouts(billing?.['customer_id'] as string);
    expect(open).toHaveLength(1);
    expect(answers.map(({ json }) => json().url as string | undefined)).toContain(open[0]);
  });

  it('says in a sentence when Stripe refuses or does not answer, and nothing is theirs', async () => {
    const team = await shop.make.workspace().create();
    const refused = [
      401,
      { error: { type: 'invalid_request_error', code: 'x', message: 'No such key sk_test_1' } },
    ] as [number, object];
    shop.stripe.failures.push(refused);
    const answer = await shop.post(team, 'checkouts', { plan: 'team' });
    expect([answer.statusCode, answer.json().code, answer.headers['retry-after']]).toEqual([
      503,
      'payment_provider_away',
      '60',
    ]);
    expect(answer.body).not.toContain('sk_test');
    expect(await shop.told(team)).toEqual([]);
  });

  it('is for those who may pay: owners and admins, in person', async () => {
    const team = await shop.make.workspace().create();
    const [admin, member] = [
      await shop.make.person().in(team, 'admin').create(),
      await shop.make.person().in(team, 'member').create(),
    ];
    const key = await shop.make.apiKey(team, team.owner).scopes('billing:write').create();
    const statuses = [];
    for (const who of [admin, member, key])
      statuses.push((await shop.post(team, 'checkouts', { plan: 'team' }, who)).statusCode);
    expect(statuses).toEqual([201, 403, 403]);
  });
});

describe('an instance', () => {
  it('that takes no payments says so', async () => {
    const closed = await startApplication([UsersModule, PlansModule]);
    try {
      const team = await factory(closed.app).workspace().create();
      const ask = (path: string, payload: object) =>
        closed.request('POST', path, { headers: team.owner.headers, payload });
      for (const [path, body] of [
        [team.url('checkouts'), { plan: 'team' }],
        [team.url('billing-portal-sessions'), undefined],
        ['/api/v1/stripe/webhooks', {}],
      ] as const) {
        const answer = await ask(path, body as object);
        expect([path, answer.statusCode, answer.json().code]).toEqual([path, 409, 'payments_off']);
      }
    } finally {
      await closed.close();
    }
  });

  it('does not reach into its own network for payments unless the operator allows it', async () => {
    const settings = { ...shop.stripe.settings(), SIGNALBOX_OUTBOUND_ALLOW: '' };
    const guarded = await startApplication([UsersModule, PlansModule], settings);
    try {
      const team = await factory(guarded.app).workspace().create();
      const before = shop.stripe.seen.length;
      const options = { headers: team.owner.headers, payload: { plan: 'team' } };
      expect((await guarded.request('POST', team.url('checkouts'), options)).statusCode).toBe(503);
      expect(shop.stripe.seen).toHaveLength(before);
    } finally {
      await guarded.close();
    }
  });
});
