import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** Where a workspace's plan comes from; the first that names one counts. */
export type PlanSource = 'assigned' | 'paid' | 'default';

/** The plans of a workspace by name. It has no row while neither an operator nor a payment gave it one. */
@Entity({ tableName: 'workspace_plan' })
export class WorkspacePlan {
  @PrimaryKey({ type: 'uuid' })
  workspaceId!: string;

  /** By an operator; it goes before what is paid for. */
  @Property({ type: 'text', nullable: true })
  assigned: string | null = null;

  /** By a subscription of the payment provider. */
  @Property({ type: 'text', nullable: true })
  paid: string | null = null;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  changedAt = new Date();

  static of(workspaceId: string): WorkspacePlan {
    const plan = new WorkspacePlan();
    plan.workspaceId = workspaceId;
    return plan;
  }

  /** Takes an operator's choice; null takes it back. @returns false when it was so already */
  assign(plan: string | null, now = new Date()): boolean {
    if (this.assigned === plan) return false;
    this.assigned = plan;
    this.changedAt = now;
    return true;
  }

  /** Takes what is paid for; null when nothing is any more. @returns false when it was so already */
  pay(plan: string | null, now = new Date()): boolean {
    if (this.paid === plan) return false;
    this.paid = plan;
    this.changedAt = now;
    return true;
  }
}
