import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { until } from '#test/deals-kit.js';
import { PersonalData } from '#platform/personal-data/index.js';
import { assignPlan } from '../spec-support.js';
import { PayingInstance } from './spec-support.js';

jest.setTimeout(60_000);
let shop: PayingInstance;
beforeAll(async () => {
  shop = await PayingInstance.start();
});
afterAll(() => shop?.close());

describe('paying for a plan', () => {
  it('leads to a checkout, and the plan is theirs when Stripe says that it is paid', async () => {
    const team = await shop.make.workspace('Engines').create();
    expect((await shop.invite(team, 1)).json()).toMatchObject({
      code: 'quota_exceeded',
      detail: expect.stringContaining('For more, choose a larger plan.'),
    });
    const answer = await shop.post(team, 'checkouts', { plan: 'team' });
    expect([answer.statusCode, answer.json()]).toEqual([
      201,
      { url: expect.stringContaining('https://checkout.example/') },
    ]);
    const sent = shop.stripe.seen.find(
      ({ path, form }) => path.endsWith('/sessions') && form['client_reference_id'] === team.id,
    );
    expect(sent?.form).toMatchObject({
      mode: 'subscription',
      'line_items[0][price]': 'price_team',
      'line_items[0][quantity]': '1',
      'subscription_data[metadata][workspace_id]': team.id,
      success_url: expect.stringContaining(`/workspaces/${team.id}/plan?checkout=completed`),
    });
    expect(shop.stripe.seen.find(({ form }) => form['metadata[workspace_id]'] === team.id)?.form['name']).toBe(
      'Engines',
    );
    // Nothing is theirs yet.
    expect(await shop.shown(team)).toMatchObject({ plan: { name: 'free' }, payment: { status: null } });

    const subscription = shop.stripe.pay(answer.json<{ url: string }>().url);
    expect(await shop.tell('customer.subscription.created', subscription)).toBe(200);
    await shop.has(team, 'team');
    expect(
      await shop.spec.rows('select assigned, paid from workspace_plan where workspace_id = $1', [team.id]),
    ).toEqual([{ assigned: null, paid: 'team' }]);
    expect(await shop.shown(team)).toMatchObject({
      source: 'paid',
      payment: {
        status: 'active',
        plan: 'team',
        renewsAt: new Date(subscription.periodEnd * 1000).toISOString(),
        endsAt: null,
        failingSince: null,
        graceUntil: null,
      },
      offers: [expect.objectContaining({ name: 'team' }), expect.objectContaining({ name: 'big' })],
    });
    expect((await shop.told(team)).filter(([type]) => !String(type).startsWith('quota.'))).toEqual([
      ['checkout.started', 'user', { plan: 'team' }],
      ['plan.changed', 'system', { before: 'free', after: 'team', reason: 'paid' }],
    ]);
    expect((await shop.invite(team, 2)).statusCode).toBe(201);
  });

  it('is looked at anew for each word of Stripe, in whatever order they come, and each is taken once', async () => {
    const { team, subscription } = await shop.paying();
    const early = shop.stripe.event('customer.subscription.updated', subscription);
    Object.assign(subscription, { status: 'canceled', endedAt: Math.floor(Date.now() / 1000) });
    await shop.tell('customer.subscription.deleted', subscription);
    await shop.has(team, 'free');
    // The word of when it was active comes late, and twice.
    for (let i = 0; i < 2; i++)
      expect((await shop.send(early.body, shop.stripe.sign(early.body))).statusCode).toBe(200);
    const row = await shop.looked(team);
    expect([row['status'], row['wanted'], (await shop.shown(team)).plan.name]).toEqual(['canceled', 3, 'free']);
    expect((await shop.told(team)).filter(([type]) => type === 'plan.changed').map(([, , data]) => data)).toEqual([
      { before: 'free', after: 'team', reason: 'paid' },
      { before: 'team', after: 'free', reason: 'cancelled' },
    ]);
    expect(await shop.spec.rows('select from payment_event where id = $1', [early.id])).toHaveLength(1);
  });

  it('once, although one word is brought many times at once', async () => {
    const team = await shop.make.workspace().create();
    const { body, id } = shop.stripe.event('checkout.session.completed', shop.stripe.pay(await shop.checkOut(team)));
    const answers = await Promise.all(Array.from({ length: 8 }, () => shop.send(body, shop.stripe.sign(body))));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(8).fill(200));
    await shop.has(team, 'team');
    expect((await shop.looked(team))['wanted']).toBe(1);
    expect(await shop.spec.rows('select from job where key = $1', [id])).toHaveLength(1);
    expect((await shop.told(team)).filter(([type]) => type === 'plan.changed')).toHaveLength(1);
  });

  it('of another plan, chosen in the portal, changes the plan', async () => {
    const { team, subscription } = await shop.paying();
    subscription.price = 'price_big';
    await shop.tell('customer.subscription.updated', subscription);
    await shop.has(team, 'big');
    // A price that no setting names: they keep what they have.
    subscription.price = 'price_unheard_of';
    await shop.tell('customer.subscription.updated', subscription);
    await shop.looked(team);
    expect((await shop.shown(team)).plan.name).toBe('big');
  });

  it('goes on until the end of what was paid when it is cancelled', async () => {
    const { team, subscription } = await shop.paying();
    subscription.cancelAt = subscription.periodEnd;
    await shop.tell('customer.subscription.updated', subscription);
    await until(async () => (await shop.shown(team)).payment?.endsAt !== null);
    expect(await shop.shown(team)).toMatchObject({
      plan: { name: 'team' },
      payment: { status: 'active', renewsAt: null },
    });
    Object.assign(subscription, { status: 'canceled', endedAt: subscription.periodEnd });
    // Stripe's word is lost; we look by ourselves.
    await shop.hasten(team);
    await shop.has(team, 'free');
  });

  it('that an operator passes over with a plan of their choice stays for later', async () => {
    const { team, subscription } = await shop.paying();
    await assignPlan(shop.spec.app, team.id, 'big');
    subscription.status = 'past_due';
    await shop.tell('invoice.payment_failed', subscription);
    await until(async () => (await shop.shown(team)).payment?.failingSince);
    expect((await shop.shown(team)).plan.name).toBe('big');
    await assignPlan(shop.spec.app, team.id, null);
    expect((await shop.shown(team)).plan.name).toBe('team');
  });
});

describe('a workspace that is erased', () => {
  const erase = (team: { id: string }) => {
    const holder = shop.spec.app
      .get(PersonalData)
      .holders()
      .find(({ room }) => room === 'plans');
    return holder?.eraseWorkspace?.(team.id, new AbortController().signal);
  };

  it('is paid for no more, also when Stripe did not answer at first', async () => {
    const { team, subscription } = await shop.paying();
    const down = [503, { error: { type: 'api_error', message: 'Down' } }] as [number, object];
    shop.stripe.failures.push(down, down);
    await expect(erase(team)).rejects.toThrow('Down');
    expect(subscription.status).toBe('active');
    await erase(team);
    expect(subscription.status).toBe('canceled');
    // The erasure may have died after this, and begins again.
    await erase(team);
    await erase(await shop.make.workspace().create());
  });
});

describe('a payment that fails', () => {
  it('leaves the plan for the days of grace, and then only what is new is refused', async () => {
    const { team, subscription } = await shop.paying();
    for (let n = 1; n <= 3; n++) expect((await shop.invite(team, n)).statusCode).toBe(201);
    subscription.status = 'past_due';
    await shop.tell('invoice.payment_failed', subscription);
    await shop.tell('customer.subscription.updated', subscription);
    await shop.looked(team);
    const { plan, payment } = await shop.shown(team);
    expect([plan.name, payment?.status]).toEqual(['team', 'past_due']);
    const grace = Date.parse(payment!.graceUntil!) - Date.parse(payment!.failingSince!);
    expect(grace).toBe(7 * 86_400_000);
    expect((await shop.told(team)).filter(([type]) => type === 'payment.failed')).toEqual([
      ['payment.failed', 'system', { plan: 'team', graceUntil: payment!.graceUntil }],
    ]);

    await shop.spec.rows(`update billing set grace_until = now() - interval '1 second' where workspace_id = $1`, [
      team.id,
    ]);
    await shop.hasten(team);
    await shop.has(team, 'free');
    expect((await shop.told(team)).at(-1)).toEqual([
      'plan.changed',
      'system',
      { before: 'team', after: 'free', reason: 'unpaid' },
    ]);
    expect(await shop.spec.rows('select from invitation where workspace_id = $1', [team.id])).toHaveLength(3);
    expect((await shop.invite(team, 4)).statusCode).toBe(402);

    subscription.status = 'active';
    await shop.tell('invoice.paid', subscription);
    await shop.has(team, 'team');
    expect((await shop.told(team)).slice(-2).map(([type]) => type)).toEqual(['payment.recovered', 'plan.changed']);
  });

  it('and is made good within the grace changes nothing', async () => {
    const { team, subscription } = await shop.paying();
    subscription.status = 'past_due';
    await shop.tell('invoice.payment_failed', subscription);
    await until(async () => (await shop.shown(team)).payment?.failingSince);
    subscription.status = 'active';
    await shop.tell('invoice.paid', subscription);
    await until(async () => (await shop.shown(team)).payment?.failingSince === null);
    await shop.hasten(team);
    expect((await shop.shown(team)).plan.name).toBe('team');
    expect((await shop.told(team)).map(([type]) => type).filter((type) => type !== 'checkout.started')).toEqual([
      'plan.changed',
      'payment.failed',
      'payment.recovered',
    ]);
  });

  it('for good ends the plan', async () => {
    const { team, subscription } = await shop.paying();
    subscription.status = 'unpaid';
    await shop.tell('customer.subscription.updated', subscription);
    await shop.has(team, 'free');
    expect((await shop.told(team)).at(-1)?.[2]).toMatchObject({ reason: 'unpaid' });
  });
});
