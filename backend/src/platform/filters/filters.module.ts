import { Global, Module } from '@nestjs/common';
import { EventFilterSnapshots } from './event-filter-snapshots.js';
import { EventSight } from './event-sight.js';
import { FilterContexts } from './filter-contexts.js';
import { FilterTargets } from './filter-targets.js';
import { PlacesController } from './places.controller.js';

/** What the filter language can be asked about, and what it means for whom. */
@Global()
@Module({
  controllers: [PlacesController],
  providers: [EventFilterSnapshots, FilterTargets, FilterContexts, EventSight],
  exports: [FilterTargets, FilterContexts, EventSight],
})
export class FiltersModule {}
