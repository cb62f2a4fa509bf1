import { Migration } from '@mikro-orm/migrations';

/** What the audit trail is searched by, and where sending heads outside stands. */
export class Audit0017 extends Migration {
  override up(): void {
    this.addSql('create index event_type on event (workspace_id, type, position)');
    // As before, in the order of the log: the trail of a person is read from its end.
    this.addSql('drop index event_actor_person');
    this.addSql(`
      create index event_actor_person on event ((actor->>'userId'), position) where actor->>'userId' is not null`);
    // On what only events of people and keys have: the many events of the instance itself pay nothing for these.
    this.addSql(`create index event_address on event (address, position) where address is not null`);
    this.addSql(`
      create index event_session on event ((actor->>'sessionId'), position) where actor->>'sessionId' is not null`);
    this.addSql(`
      create index event_key on event ((case when actor->>'kind' = 'api_key' then actor->>'id' end), position)
       where (case when actor->>'kind' = 'api_key' then actor->>'id' end) is not null`);
    // A few bytes for each hundred pages, since events come in about the order of their times.
    this.addSql('create index event_occurred on event using brin (occurred_at) with (autosummarize = on)');
    this.addSql(`
      create table audit_head (
        singleton boolean primary key default true check (singleton),
        taken_at timestamptz
      );
      insert into audit_head default values`);
  }

  override down(): void {
    this.addSql('drop table audit_head');
    this.addSql('drop index event_occurred, event_key, event_session, event_address, event_type, event_actor_person');
    this.addSql(`create index event_actor_person on event ((actor->>'userId')) where actor->>'userId' is not null`);
  }
}
