import { Injectable, Logger } from '@nestjs/common';
import { LogTail, type Stretch } from '#platform/event-log/index.js';
import { EventSight } from '#platform/filters/index.js';
import { Pressure } from '../server/pressure.js';
import { Feed } from './feed.js';
import { Turns } from './turns.js';
import { guarded, seenBy, told, type Watch } from './watch.js';

const PAGE = 500;
/** Pages read at a time, so that a thousand clients that come back at once leave connections to everybody else. */
const AT_ONCE = 4;
const AGAIN_MS = 1000;

/**
 * Sends a watch what it missed, page by page and no faster than its socket reads, until it has come up to the feed; from
 * there on the feed brings the rest. The log is the buffer of what happens meanwhile: nothing is held in memory.
 */
@Injectable()
export class Past {
  private readonly log = new Logger('realtime');
  private readonly turns = new Turns(AT_ONCE);

  constructor(
    private readonly tail: LogTail,
    private readonly feed: Feed,
    private readonly sight: EventSight,
    private readonly pressure: Pressure,
  ) {}

  async replay(watch: Watch): Promise<void> {
    const { socket, group } = watch;
    for (;;) {
      await this.pressure.room(socket);
      if (watch.state !== 'past' || !socket.connected) return;
      // The feed tells in one go: between its position and this nothing can come.
      if (watch.at >= this.feed.position) {
        watch.state = 'live';
        socket.emit('live', { watch: group.key, position: watch.at });
        return;
      }
      const page = await this.page(watch);
      // It may have been ended while the page was read.
      if (watch.state !== 'past' || !page) continue;
      for (const event of page.events)
        guarded(event, this.log, () => {
          if (group.matches(event) && seenBy(socket, group, event, this.sight))
            socket.emit('event', { watch: group.key, event: told(event) });
        });
      watch.at = page.position;
    }
  }

  private async page({ at, group }: Watch): Promise<Stretch | undefined> {
    const { workspaceId, about, types } = group;
    const wanted = types ?? (about.mixed ? undefined : about.events);
    try {
      return await this.turns.take(() => this.tail.since(at, PAGE, { workspaceId, ...(wanted && { types: wanted }) }));
    } catch (error) {
      this.log.debug(`Missed events could not be read: ${(error as Error).message}`);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      return undefined;
    }
  }
}
