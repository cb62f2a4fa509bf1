import { Injectable } from '@nestjs/common';
import { Reads } from '#platform/database/index.js';
import type { LogEvent } from '#platform/event-log/index.js';

const NAMES = 'select id, name from user_account where id = any($1::uuid[])';

/** What the people are called who did what is told. */
@Injectable()
export class People {
  constructor(private readonly reads: Reads) {}

  /** By id; those whose account is gone are missing. */
  async named(events: readonly Pick<LogEvent, 'actor'>[]): Promise<ReadonlyMap<string, string>> {
    const ids = new Set(events.flatMap(({ actor }) => (actor.userId === null ? [] : [actor.userId])));
    if (ids.size === 0) return new Map();
    const rows = await this.reads.all<{ id: string; name: string }>('notifications.people', NAMES, [[...ids]]);
    return new Map(rows.map(({ id, name }) => [id, name]));
  }
}
