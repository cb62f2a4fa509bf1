// Events for specs of sockets, and what a socket has heard.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { v7 as uuidv7 } from 'uuid';
import type { ServerMessage, ServerMessageName } from '#contract/realtime/index.js';
import { systemActor } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { EventLog, type EventScope, LogTail } from '#platform/event-log/index.js';
import type { TestSocket } from './sockets.js';

/** Records `deal.expired` events in one transaction. @returns their ids */
export function expire(
  app: NestFastifyApplication,
  workspaceId: string,
  titles: readonly string[],
  more: { scope?: EventScope } = {},
): Promise<string[]> {
  const log = app.get(EventLog);
  return app.get(Transactions).run(async (em) =>
    titles.map((title) =>
      log.record(em, 'deal.expired', {
        workspaceId,
        subjectId: uuidv7(),
        actor: systemActor(),
        data: { title },
        ...more,
      }),
    ),
  );
}

/** Waits until the log holds that many events more than `from`. */
export async function sealed(app: NestFastifyApplication, position: number): Promise<void> {
  while ((await app.get(LogTail).head()).position < position) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Everything of some names that a socket hears, in order. */
export class Heard {
  readonly all: { name: ServerMessageName; message: object }[] = [];
  private changed: (() => void) | undefined;

  constructor(socket: TestSocket, names: readonly ServerMessageName[] = ['event', 'live', 'skipped', 'unwatched']) {
    const raw = socket as unknown as { on(name: string, heard: (message: object) => void): void };
    for (const name of names)
      raw.on(name, (message) => {
        this.all.push({ name, message });
        this.changed?.();
      });
  }

  of<N extends ServerMessageName>(name: N): ServerMessage<N>[] {
    return this.all.flatMap((one) => (one.name === name ? [one.message as ServerMessage<N>] : []));
  }

  /** The titles of the events of a watch, in their order. */
  titles(watch?: string): string[] {
    return this.of('event').flatMap((one) =>
      watch === undefined || one.watch === watch ? [String(one.event.data['title'])] : [],
    );
  }

  /** Waits until so many messages of a name were heard. */
  async until(name: ServerMessageName, count: number): Promise<void> {
    while (this.of(name).length < count) await new Promise<void>((resolve) => (this.changed = resolve));
  }
}
