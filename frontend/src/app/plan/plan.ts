import { ChangeDetectionStrategy, Component, computed, inject, LOCALE_ID, resource, signal } from '@angular/core';
import { lucideCreditCard } from '@ng-icons/lucide';
import { type Answer, billingCheckOut, billingOpenPortal, planOf, problemOf, Requests, usageOf } from '../api';
import { Live } from '../live/live';
import { CurrentWorkspace } from '../session';
import { Ago, Clock, Icon, Page, ProblemNote, Skeleton, Toasts } from '../ui';
import { amount } from './amount';
import { QuotaRow } from './quota-row';
import { quotaName } from './quota-words';

type Plan = Answer<typeof planOf>;

/** The plan of the workspace, what of it is used, and where one gets another. */
@Component({
  selector: 'sb-plan',
  imports: [Ago, Icon, Page, ProblemNote, QuotaRow, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './plan.html',
})
export class PlanPage {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  private readonly locale = inject(LOCALE_ID);
  private readonly current = inject(CurrentWorkspace);
  private readonly workspaceId = this.current.required();
  protected readonly clock = inject(Clock);
  protected readonly card = lucideCreditCard;
  protected readonly mayPay = this.current.may('billing:write');
  protected readonly quotaName = quotaName;
  /** On the way to where one pays. */
  protected readonly leaving = signal(false);

  protected readonly read = resource({
    loader: async () => {
      const { workspaceId } = this;
      const [plan, usage] = await Promise.all([
        this.requests.ask(planOf, { workspaceId }),
        this.requests.ask(usageOf, { workspaceId }),
      ]);
      return { plan, usage };
    },
  });
  protected readonly shown = computed(() => (this.read.hasValue() ? this.read.value() : undefined));
  protected readonly problem = computed(() => {
    const error = this.read.error();
    return error && problemOf(error);
  });

  constructor() {
    const again = () => void this.read.reload();
    inject(Live).watch(
      {
        workspaceId: this.workspaceId,
        filter: 'type:plan.*,quota.*,payment.*,member.*,subscription.created,subscription.deleted',
      },
      { event: again, reset: again },
    );
  }

  protected sourceOf({ source }: Plan): string {
    if (source === 'assigned') return $localize`Given by the operators of this instance.`;
    if (source === 'paid') return $localize`Paid for by this workspace.`;
    return $localize`What every workspace here begins with.`;
  }

  protected limits(limits: Plan['plan']['limits']): { name: string; value: string }[] {
    return Object.entries(limits).map(([name, value]) => ({
      name: quotaName(name),
      value: value === null ? $localize`no limit` : amount(value, name === 'storage' ? 'bytes' : 'count', this.locale),
    }));
  }

  protected pay(plan: string): Promise<void> {
    return this.leave(() => this.requests.ask(billingCheckOut, { workspaceId: this.workspaceId, body: { plan } }));
  }

  protected openPortal(): Promise<void> {
    return this.leave(() => this.requests.ask(billingOpenPortal, { workspaceId: this.workspaceId }));
  }

  private async leave(ask: () => Promise<{ url: string }>): Promise<void> {
    this.leaving.set(true);
    try {
      location.assign((await ask()).url);
    } catch (error) {
      this.leaving.set(false);
      this.toasts.problem(problemOf(error));
    }
  }
}
