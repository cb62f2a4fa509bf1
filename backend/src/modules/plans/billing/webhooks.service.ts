import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { affected, query, Transactions, type EntityManager } from '#platform/database/index.js';
import { Enqueues, Jobs } from '#platform/jobs/index.js';
import { WebhookRefused } from './billing.errors.js';
import { Payments } from './payments.js';

/** What may change how a subscription stands. What it says is not believed, only that there is something to look at. */
const HEARD = /^(?:checkout\.session\.|customer\.subscription\.|customer\.deleted$|invoice\.(?:paid|payment_\w+)$)/;
/** The provider repeats what was not answered for three days. */
const REMEMBERED_DAYS = 30;

const WANT = `
  update billing set wanted = wanted + 1 where customer_id = $1 returning workspace_id as "workspaceId"`;

/** Hears what the payment provider tells. */
@Enqueues('plans.sync-billing')
@Injectable()
export class WebhooksService {
  constructor(
    private readonly payments: Payments,
    private readonly transactions: Transactions,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Takes one event, once. Who is concerned is noted and looked at by a job: the answer waits for nobody.
   *
   * @param signature the header `Stripe-Signature`
   * @throws WebhookRefused when the signature is not the provider's, or too old; PaymentsOff
   */
  async hear(body: Buffer, signature: string | undefined): Promise<{ received: true }> {
    const event = this.genuine(body, signature);
    const customer = customerOf(event);
    if (customer !== null && HEARD.test(event.type))
      await this.transactions.run((em) => this.note(em, event, customer));
    return { received: true };
  }

  private genuine(body: Buffer, signature = ''): Stripe.Event {
    const { api, signingSecret } = this.payments;
    try {
      return api.webhooks.constructEvent(body, signature, signingSecret);
    } catch (error) {
      throw new WebhookRefused(error);
    }
  }

  private async note(em: EntityManager, { id, type }: Stripe.Event, customer: string): Promise<void> {
    const seen = 'insert into payment_event (id, type) values ($1, $2) on conflict do nothing';
    if ((await affected(em, seen, [id, type])) === 0) return;
    const old = 'delete from payment_event where received_at < now() - make_interval(days => $1)';
    await affected(em, old, [REMEMBERED_DAYS]);
    const [concerned] = await query<{ workspaceId: string }>(em, WANT, [customer]);
    // The account may sell other things to others.
    if (!concerned) return;
    const { workspaceId } = concerned;
    await this.jobs.enqueue(em, {
      queue: 'plans',
      name: 'sync-billing',
      key: id,
      workspaceId,
      payload: { workspaceId },
    });
  }
}

function customerOf({ type, data: { object } }: Stripe.Event): string | null {
  if (type === 'customer.deleted') return (object as { id: string }).id;
  const { customer } = object as { customer?: string | { id: string } | null };
  return (typeof customer === 'string' ? customer : customer?.id) ?? null;
}
