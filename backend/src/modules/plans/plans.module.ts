import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { HttpClientModule } from '#platform/http-client/index.js';
import { QuotaKeeper, Quotas } from '#platform/quotas/index.js';
import { AssignmentQueries } from './assignments/assignments.queries.js';
import { AssignmentsController } from './assignments/assignments.controller.js';
import { AssignmentsService } from './assignments/assignments.service.js';
import { PlanChanges } from './assignments/plan-changes.js';
import { PlanController } from './assignments/plan.controller.js';
import { PlanQueries } from './assignments/plan.queries.js';
import { WorkspacePlan } from './assignments/workspace-plan.entity.js';
import { WorkspacePlans } from './assignments/workspace-plans.js';
import { Billing } from './billing/billing.entity.js';
import { BillingController, WebhooksController } from './billing/billing.controller.js';
import { CheckoutsService } from './billing/checkouts.service.js';
import { paymentsProvider } from './billing/payments.js';
import { SyncBillingJob } from './billing/sync-billing.job.js';
import { WebhooksService } from './billing/webhooks.service.js';
import { PlanCatalogue } from './catalogue/plan-catalogue.js';
import { ApiCalls } from './limits/api-calls.js';
import { PlanQuotas } from './limits/plan-quotas.js';
import { QuotaNotices } from './limits/quota-notices.js';
import { QuotaUses } from './limits/quota-uses.js';
import { PlansPersonalData } from './plans.personal-data.js';
import { UsageController } from './usage/usage.controller.js';
import { UsageNotices } from './usage/usage-notices.js';
import { UsageQueries } from './usage/usage.queries.js';
import { UsageReader } from './usage/usage.reader.js';

/** What each workspace may have, how much of it it has, and what is paid for it. */
@Global()
@Module({
  imports: [HttpClientModule, MikroOrmModule.forFeature([Billing, WorkspacePlan])],
  controllers: [AssignmentsController, BillingController, PlanController, UsageController, WebhooksController],
  providers: [
    ApiCalls,
    AssignmentQueries,
    AssignmentsService,
    CheckoutsService,
    paymentsProvider,
    PlanCatalogue,
    PlanChanges,
    PlanQueries,
    PlanQuotas,
    PlansPersonalData,
    QuotaNotices,
    QuotaUses,
    SyncBillingJob,
    UsageNotices,
    UsageQueries,
    UsageReader,
    WebhooksService,
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
