import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isoTime, Reads } from '#platform/database/index.js';
import {
  type DataFile,
  type DataSubject,
  type HoldsPersonalData,
  PersonalData,
  rowsOf,
} from '#platform/personal-data/index.js';

const SUBSCRIPTIONS = `
  select s.id, w.name as workspace, s.name, s.target, s.filter, s.paused, ${isoTime('s.created_at')} as "createdAt",
         ${isoTime('s.updated_at')} as "updatedAt", ${isoTime('s.removed_at')} as "removedAt"
    from subscription s join workspace w on w.id = s.workspace_id
   where s.user_id = $1 and ($2::uuid is null or s.id > $2) order by s.id limit $3`;

/** What subscriptions hold of people: what they want to hear of. They go with the account. */
@Injectable()
export class SubscriptionsPersonalData implements HoldsPersonalData, OnModuleInit {
  readonly room = 'subscriptions';

  constructor(
    private readonly registry: PersonalData,
    private readonly reads: Reads,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  files({ id }: DataSubject): DataFile[] {
    const subscriptions = () => rowsOf(this.reads, 'subscriptions.own_data', SUBSCRIPTIONS, id);
    return [{ path: 'subscriptions/subscriptions', about: 'What you asked to hear of.', rows: subscriptions }];
  }
}
