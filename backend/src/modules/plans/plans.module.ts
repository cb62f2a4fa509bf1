import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { QuotaKeeper, Quotas } from '#platform/quotas/index.js';
import { AssignmentQueries } from './assignments/assignments.queries.js';
import { AssignmentsController } from './assignments/assignments.controller.js';
import { AssignmentsService } from './assignments/assignments.service.js';
import { PlanChanges } from './assignments/plan-changes.js';
import { PlanController } from './assignments/plan.controller.js';
import { PlanQueries } from './assignments/plan.queries.js';
import { WorkspacePlan } from './assignments/workspace-plan.entity.js';
import { WorkspacePlans } from './assignments/workspace-plans.js';
import { PlanCatalogue } from './catalogue/plan-catalogue.js';
import { ApiCalls } from './limits/api-calls.js';
import { PlanQuotas } from './limits/plan-quotas.js';
import { QuotaNotices } from './limits/quota-notices.js';
import { QuotaUses } from './limits/quota-uses.js';
import { UsageController } from './usage/usage.controller.js';
import { UsageNotices } from './usage/usage-notices.js';
import { UsageQueries } from './usage/usage.queries.js';
import { UsageReader } from './usage/usage.reader.js';

/** What each workspace may have, how much of it it has, and what is paid for it. */
@Global()
@Module({
  imports: [MikroOrmModule.forFeature([WorkspacePlan])],
  controllers: [AssignmentsController, PlanController, UsageController],
  providers: [
    ApiCalls,
    AssignmentQueries,
    AssignmentsService,
    PlanCatalogue,
    PlanChanges,
    PlanQueries,
    PlanQuotas,
    QuotaNotices,
    QuotaUses,
    UsageNotices,
    UsageQueries,
    UsageReader,
    WorkspacePlans,
    { provide: QuotaKeeper, useExisting: PlanQuotas },
  ],
  exports: [QuotaKeeper],
})
export class PlansModule implements OnModuleInit {
  constructor(private readonly quotas: Quotas) {}

  /** Plans limit deployments before there is a room that has them. */
  onModuleInit(): void {
    this.quotas.register({ name: 'deployments', noun: 'deployments', unit: 'count' });
  }
}
