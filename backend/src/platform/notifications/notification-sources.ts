import { Injectable } from '@nestjs/common';
import type { NotificationSource, SourceNow } from './notifier.js';

/** What asks for notifications: rooms register theirs at boot. */
@Injectable()
export class NotificationSources {
  private readonly sources = new Map<string, NotificationSource>();

  /** @throws Error when the type is taken: a fault of the developer */
  register(source: NotificationSource): void {
    if (this.sources.has(source.type)) throw new Error(`Two sources of notifications are called "${source.type}".`);
    this.sources.set(source.type, source);
  }

  /** How a source is now; undefined when it, or its room, is gone. */
  async now({ type, id }: { type: string; id: string }): Promise<SourceNow | undefined> {
    return this.sources.get(type)?.now(id);
  }
}
