import { Global, Module } from '@nestjs/common';
import { QuotaKinds } from './quota-kinds.js';
import { Quotas } from './quotas.js';

/** What plans may limit, and the question whether there is room; for every room. */
@Global()
@Module({ providers: [QuotaKinds, Quotas], exports: [QuotaKinds, Quotas] })
export class QuotasModule {}
