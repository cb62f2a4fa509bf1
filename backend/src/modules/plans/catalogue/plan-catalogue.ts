import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InvalidSettings } from '#platform/config/index.js';
import { QuotaKinds } from '#platform/quotas/index.js';
import { PlansConfig } from '../plans.config.js';
import { BUILT_IN, type Plan } from './plan.js';

/** The plans of this instance. */
@Injectable()
export class PlanCatalogue implements OnApplicationBootstrap {
  /** The plan of a workspace without one of its own. */
  readonly standard: Plan;
  private readonly plans: ReadonlyMap<string, Plan>;

  /** @throws InvalidSettings when the default plan is none of them */
  constructor(
    private readonly config: PlansConfig,
    private readonly kinds: QuotaKinds,
  ) {
    this.plans = new Map((config.plans ?? BUILT_IN).map((plan) => [plan.name, plan]));
    const standard = this.plans.get(config.defaultPlan);
    if (!standard)
      throw new InvalidSettings([
        `SIGNALBOX_DEFAULT_PLAN: there is no plan "${config.defaultPlan}", which is also what it is when absent; name one of ${this.names().join(', ')}`,
      ]);
    this.standard = standard;
  }

  /** @throws InvalidSettings when a plan of the file limits what no room counts */
  onApplicationBootstrap(): void {
    const faults = (this.config.plans ?? []).flatMap(({ name, limits }) =>
      Object.keys(limits)
        .filter((limit) => !this.kinds.has(limit))
        .map((limit) => `plans.${name}.limits.${limit}`),
    );
    if (faults.length === 0) return;
    const known = this.kinds.all().map((kind) => kind.name);
    throw new InvalidSettings([
      `SIGNALBOX_PLANS_FILE: ${faults.join(', ')} limits what is not counted; limits are ${known.sort().join(', ')}`,
    ]);
  }

  /** The plan of that name; undefined when the operator has none, or has it no more. */
  find(name: string | null): Plan | undefined {
    return name === null ? undefined : this.plans.get(name);
  }

  /** Every plan, in the order of the file. */
  all(): Plan[] {
    return [...this.plans.values()];
  }

  names(): string[] {
    return [...this.plans.keys()];
  }
}
