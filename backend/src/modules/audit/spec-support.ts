// What the specs of this room start from.
import { v7 as uuidv7 } from 'uuid';
import type { EventType } from '#contract/events/index.js';
import { UsersModule } from '#modules/users/index.js';
import { systemActor, type Actor } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { EventLog, type RecordedEvent } from '#platform/event-log/index.js';
import { FiltersModule } from '#platform/filters/index.js';
import { HttpClientModule } from '#platform/http-client/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type Factory, type TestPerson } from '#test/factories.js';
import { AuditModule } from './index.js';

/** An application with this room. */
export interface AuditKit extends TestApplication {
  readonly make: Factory;
  /** Records an event; `deal.expired` unless its type is given. @returns its id, once it is sealed */
  record<T extends EventType = 'deal.expired'>(
    event: Partial<RecordedEvent<T>> & { workspaceId: string; type?: T },
  ): Promise<string>;
  /** Waits until all that was recorded is sealed. */
  sealed(): Promise<void>;
  get(path: string, as: { headers: { authorization: string } }): ReturnType<TestApplication['request']>;
}

/** @param settings further environment variables */
export async function auditKit(settings: Record<string, string> = {}): Promise<AuditKit> {
  const app = await startApplication([FiltersModule, HttpClientModule, UsersModule, AuditModule], settings);
  const sealed = async () => {
    while ((await app.rows('select from outbox limit 1')).length > 0) await new Promise((done) => setTimeout(done, 10));
  };
  return {
    ...app,
    make: factory(app.app),
    sealed,
    record: async ({ type, ...event }) => {
      const whole = { subjectId: uuidv7(), actor: systemActor(), data: { title: 'A deal' }, ...event };
      const log = app.app.get(EventLog);
      const work = async (em: Parameters<EventLog['record']>[0]) =>
        log.record(em, type ?? 'deal.expired', whole as RecordedEvent<EventType>);
      const id = await app.app.get(Transactions).run(work);
      await sealed();
      return id;
    },
    get: (path, { headers }) => app.request('GET', path, { headers }),
  };
}

/** A person as the log keeps them. */
export function actorOf(person: TestPerson, address?: string): Actor {
  return { kind: 'user', id: person.id, userId: person.id, sessionId: person.sessionId, address };
}
