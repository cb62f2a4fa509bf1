import type { Migration } from '@mikro-orm/migrations';
import { EventLog0001 } from './0001-event-log.js';
import { Http0004 } from './0004-http.js';
import { Access0005 } from './0005-access.js';

/** Every migration, in the order they apply. A new one goes at the end; one that has landed never changes. */
export const migrations: (new (...args: ConstructorParameters<typeof Migration>) => Migration)[] = [
  EventLog0001,
  Http0004,
  Access0005,
];
