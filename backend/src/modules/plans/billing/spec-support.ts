// What the specs of payments start from: an instance that takes them from a provider of the specs' own.
import { UsersModule } from '#modules/users/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { until } from '#test/deals-kit.js';
import { factory, type Factory, type TestPerson, type TestWorkspace } from '#test/factories.js';
import { FakeStripe, type FakeSubscription } from '#test/stripe.js';
import type { HeldPlanShown } from '../assignments/plans.schemas.js';
import { PlansModule } from '../index.js';
import { withPlans } from '../spec-support.js';

/** An instance with the plans free (one member), team and big, the last two for sale. */
export class PayingInstance {
  readonly make: Factory;

  private constructor(
    readonly spec: TestApplication,
    readonly stripe: FakeStripe,
  ) {
    this.make = factory(spec.app);
  }

  static async start(): Promise<PayingInstance> {
    const stripe = await FakeStripe.start();
    const spec = await startApplication([UsersModule, PlansModule], {
      ...withPlans({ free: { members: 1 }, team: { members: 5 }, big: { members: 9 } }),
      ...stripe.settings('team=price_team,big=price_big'),
      SIGNALBOX_DEFAULT_PLAN: 'free',
      SIGNALBOX_JOBS_SWEEP_MS: '200',
    });
    return new PayingInstance(spec, stripe);
  }

  async close(): Promise<void> {
    await this.spec.close();
    await this.stripe.close();
  }

  post(team: TestWorkspace, path: string, payload?: object, who: Pick<TestPerson, 'headers'> = team.owner) {
    return this.spec.request('POST', team.url(path), { headers: who.headers, ...(payload && { payload }) });
  }

  invite(team: TestWorkspace, n: number) {
    return this.post(team, 'invitations', { email: `p${n}@${team.id}.example.com`, role: 'viewer' });
  }

  /** Opens a checkout. @returns where it is */
  async checkOut(team: TestWorkspace, plan = 'team'): Promise<string> {
    return (await this.post(team, 'checkouts', { plan })).json<{ url: string }>().url;
  }

  /** A workspace that pays for a plan. */
  async paying(plan = 'team'): Promise<{ team: TestWorkspace; subscription: FakeSubscription }> {
    const team = await this.make.workspace().create();
    const subscription = this.stripe.pay(await this.checkOut(team, plan));
    await this.tell('customer.subscription.created', subscription);
    await this.has(team, plan);
    return { team, subscription };
  }

  send(body: string, headers: Record<string, string>) {
    return this.spec.request('POST', '/api/v1/stripe/webhooks', { headers, payload: body });
  }

  /** Has Stripe tell of a subscription. @returns the status of our answer */
  async tell(type: string, about: FakeSubscription): Promise<number> {
    const { body } = this.stripe.event(type, about);
    return (await this.send(body, this.stripe.sign(body))).statusCode;
  }

  async shown(team: TestWorkspace): Promise<HeldPlanShown> {
    const answer = await this.spec.request('GET', team.url('plan'), { headers: team.owner.headers });
    return answer.json<HeldPlanShown>();
  }

  /** Waits until the workspace has a plan. */
  async has(team: TestWorkspace, plan: string): Promise<void> {
    await until(async () => (await this.shown(team)).plan.name === plan);
  }

  /** The events of a workspace. */
  async told(team: TestWorkspace): Promise<[type: string, actor: string, data: Record<string, unknown>][]> {
    return (await this.spec.events({ workspaceId: team.id })).map(({ type, actor, data }) => [type, actor.kind, data]);
  }

  async billing(team: TestWorkspace): Promise<Record<string, unknown> | undefined> {
    return (
      await this.spec.rows<Record<string, unknown>>('select * from billing where workspace_id = $1', [team.id])
    )[0];
  }

  /** Waits until all that Stripe told was looked after. */
  looked(team: TestWorkspace): Promise<Record<string, unknown>> {
    return until(async () => {
      const row = await this.billing(team);
      return row?.['wanted'] === row?.['synced'] && row;
    });
  }

  /** Lets what is planned for later happen now, and waits for it. */
  async hasten(team: TestWorkspace): Promise<void> {
    const planned = `workspace_id = $1 and queue = 'plans' and state = 'queued'`;
    const due = await this.spec.rows<{ id: string }>(
      `update job set next_attempt_at = now(), announced_at = null where ${planned} returning id`,
      [team.id],
    );
    const ids = due.map(({ id }) => id);
    const open = `select from job where id = any($1::uuid[]) and state in ('queued', 'running')`;
    await until(async () => (await this.spec.rows(open, [ids])).length === 0);
  }
}
