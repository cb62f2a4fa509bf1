import { Injectable, Logger } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { InstanceConfig } from '#platform/config/index.js';
import { affected, query, Reads, Transactions } from '#platform/database/index.js';
import { DomainError, Forbidden, ValidationFailed } from '#platform/errors/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { Billing, runs } from './billing.entity.js';
import { AlreadyPaying, CheckoutUnderWay, NothingPaid, PaymentProviderAway } from './billing.errors.js';
import type { Redirection } from './billing.schemas.js';
import { Payments } from './payments.js';
import { missing, subscriptionOf } from './subscriptions-of.js';

/** Leads people to where they pay. Nothing is theirs before the provider says that it is paid for. */
@Injectable()
export class CheckoutsService {
  private readonly log = new Logger('payments');

  constructor(
    private readonly payments: Payments,
    private readonly config: InstanceConfig,
    private readonly transactions: Transactions,
    private readonly reads: Reads,
    private readonly events: EventLog,
  ) {}

  /**
   * Opens a checkout for a plan.
   *
   * @throws PaymentsOff, AlreadyPaying, CheckoutUnderWay, PaymentProviderAway; ValidationFailed when the plan is not for sale; Forbidden for a key
   */
  async checkOut(who: Member, plan: string): Promise<Redirection> {
    requirePerson(who);
    const { api } = this.payments;
    const price = this.payments.priceOf(plan);
    if (!price) throw this.notForSale(plan);
    const { workspaceId } = who;
    if ((await this.billing(workspaceId))?.live) throw new AlreadyPaying();
    const url = await this.asked(async () => {
      const customer = await this.customer(workspaceId);
      for (const { id } of await this.open(customer)) await this.expire(id);
      await this.requireNothingPaid(customer);
      const session = await api.checkout.sessions.create({
        mode: 'subscription',
        customer,
        client_reference_id: workspaceId,
        line_items: [{ price, quantity: 1 }],
        subscription_data: { metadata: { workspace_id: workspaceId } },
        success_url: this.page(workspaceId, 'completed'),
        cancel_url: this.page(workspaceId, 'cancelled'),
      });
      await this.requireAlone(customer, session.id);
      return session.url;
    });
    await this.transactions.run(async (em) => {
      this.events.record(em, 'checkout.started', { workspaceId, subjectId: workspaceId, actor: who, data: { plan } });
    });
    return { url };
  }

  /** Opens the provider's portal, where cards, plans and invoices are. @throws PaymentsOff, NothingPaid, PaymentProviderAway, Forbidden */
  async openPortal(who: Member): Promise<Redirection> {
    requirePerson(who);
    const { api } = this.payments;
    const { workspaceId } = who;
    const billing = await this.billing(workspaceId);
    if (!billing) throw new NothingPaid();
    const { customerId: customer } = billing;
    const return_url = this.page(workspaceId);
    const url = await this.asked(async () => (await api.billingPortal.sessions.create({ customer, return_url })).url);
    await this.transactions.run(async (em) => {
      this.events.record(em, 'billing_portal.opened', { workspaceId, subjectId: workspaceId, actor: who, data: {} });
    });
    return { url };
  }

  /** Asks whether something was paid that we have not heard of yet: nobody shall pay twice. @throws AlreadyPaying */
  private async requireNothingPaid(customer: string): Promise<void> {
    const found = await subscriptionOf(this.payments.api, customer, (price) => this.payments.planOf(price));
    if (found && runs(found.status)) throw new AlreadyPaying();
  }

  /**
   * Makes one win of those who opened a checkout at once, so that only one is open: each looks after it opened its own, so the
   * last to look sees all; the newest stays, the provider's ids decide between those of one second. Then looks again
   * whether another one was paid meanwhile.
   *
   * @throws CheckoutUnderWay, AlreadyPaying; this one is ended then
   */
  private async requireAlone(customer: string, id: string): Promise<void> {
    const all = await this.open(customer);
    const [winner] = all.toSorted((a, b) => b.created - a.created || (a.id < b.id ? 1 : -1));
    try {
      if (winner?.id !== id) throw new CheckoutUnderWay();
      for (const other of all) if (other.id !== id) await this.expire(other.id);
      await this.requireNothingPaid(customer);
    } catch (error) {
      if (error instanceof DomainError) await this.expire(id);
      throw error;
    }
  }

  private async open(customer: string): Promise<{ id: string; created: number }[]> {
    const found = [];
    for await (const { id, created } of this.payments.api.checkout.sessions.list({
      customer,
      status: 'open',
      limit: 100,
    }))
      found.push({ id, created });
    return found;
  }

  private async expire(id: string): Promise<void> {
    await this.payments.api.checkout.sessions.expire(id).catch((error: unknown) => {
      // It is over already: paid, which the subscriptions show, or ended by somebody else.
      if ((error as { statusCode?: number }).statusCode !== 400) throw error;
    });
  }

  /** The customer that the workspace is to the provider, made at the first checkout; of two at once both get the same. */
  private async customer(workspaceId: string): Promise<string> {
    const { api } = this.payments;
    const known = (await this.billing(workspaceId))?.customerId;
    if (known) {
      const customer = await api.customers.retrieve(known).catch((error: unknown) => {
        if (missing(error)) return null;
        throw error;
      });
      if (customer && !customer.deleted) return known;
    }
    const [workspace] = await this.reads.all<{ name: string }>(
      'billing.name',
      'select name from workspace where id = $1',
      [workspaceId],
    );
    const made = await api.customers.create(
      { name: workspace?.name, metadata: { workspace_id: workspaceId } },
      { idempotencyKey: `customer/${workspaceId}/${known ?? ''}` },
    );
    return this.transactions.run(async (em) => {
      const keep = `
        insert into billing as b (workspace_id, customer_id) values ($1, $2)
        on conflict (workspace_id) do update set customer_id = excluded.customer_id
         where b.customer_id is not distinct from $3::text`;
      await affected(em, keep, [workspaceId, made.id, known ?? null]);
      const [row] = await query<{ id: string }>(em, 'select customer_id as id from billing where workspace_id = $1', [
        workspaceId,
      ]);
      return row?.id ?? made.id;
    });
  }

  private async billing(workspaceId: string): Promise<Billing | null> {
    return this.transactions.reader().findOne(Billing, { workspaceId });
  }

  private async asked(work: () => Promise<string | null>): Promise<string> {
    try {
      const url = await work();
      if (url !== null) return url;
    } catch (error) {
      if (error instanceof DomainError) throw error;
      this.log.error(`The payment provider refused or did not answer: ${wordsOf(error)}`);
      throw new PaymentProviderAway(error);
    }
    throw new PaymentProviderAway(new Error('The session has no address.'));
  }

  private notForSale(plan: string): ValidationFailed {
    const message = `must be one of ${this.payments.offers.map(({ name }) => name).join(', ')}`;
    return new ValidationFailed(`The plan "${plan}" is not for sale.`, { errors: [{ path: '/body/plan', message }] });
  }

  private page(workspaceId: string, checkout?: string): string {
    const page = `${this.config.origin}/workspaces/${workspaceId}/plan`;
    return checkout ? `${page}?checkout=${checkout}` : page;
  }
}

/** Without headers and stacks, which say nothing to an operator. Stripe masks keys in its sentences. */
function wordsOf(error: unknown): string {
  const { message, detail } = error as Error & { detail?: unknown };
  return detail instanceof Error ? `${message} ${detail.message}` : message;
}

function requirePerson(who: Member): void {
  if (who.kind !== 'user') throw new Forbidden('Paying is for signed-in people; an API key cannot do it.');
}
