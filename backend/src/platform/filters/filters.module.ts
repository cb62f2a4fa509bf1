import { Global, Module } from '@nestjs/common';
import { FilterContexts } from './filter-contexts.js';
import { FilterTargets } from './filter-targets.js';

/** What the filter language can be asked about, and what it means for whom. */
@Global()
@Module({ providers: [FilterTargets, FilterContexts], exports: [FilterTargets, FilterContexts] })
export class FiltersModule {}
