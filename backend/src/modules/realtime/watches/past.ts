import { Injectable, Logger } from '@nestjs/common';
import { LogTail, type Stretch } from '#platform/event-log/index.js';
import { EventSight } from '#platform/filters/index.js';
import { EventPacket } from '../server/event-packet.js';
import { Pressure } from '../server/pressure.js';
import { Feed } from './feed.js';
import { Turns } from './turns.js';
import { guarded, sightOf, told, type Watch } from './watch.js';

const PAGE = 500;
const LEAST = 10;
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
    let limit = PAGE;
    for (;;) {
      await this.pressure.room(socket);
      if (watch.state !== 'past' || !socket.connected) return;
      // Nothing is awaited between this and the word that it is live: what the feed tells next is for it.
      if (watch.at >= this.feed.ahead) {
        watch.state = 'live';
        socket.emit('live', { watch: group.key, position: watch.at });
        return;
      }
      const page = await this.page(watch, limit);
      if (!page) continue;
      const sent = await this.send(watch, page);
      // Of a socket that took less than a page less is read: what does not fit would be read again, or held in memory.
      limit = sent < page.events.length ? Math.max(LEAST, sent) : Math.min(PAGE, 2 * limit);
    }
  }

  /** Sends as much of a page as fits. @returns of how many events */
  private async send(watch: Watch, { events, position }: Stretch): Promise<number> {
    const { socket, group } = watch;
    let sent = 0;
    for (const event of events) {
      // Other watches of the socket write as well, and this one may have been ended meanwhile.
      if (watch.state !== 'past' || this.pressure.full(socket)) return sent;
      await guarded(event, this.log, () => {
        if (group.matches(event) && sightOf(group, event, this.sight)(socket))
          new EventPacket(group.key, JSON.stringify(told(event))).send(socket);
      });
      watch.at = event.position;
      sent++;
    }
    watch.at = position;
    return sent;
  }

  private async page({ at, group }: Watch, limit: number): Promise<Stretch | undefined> {
    const { workspaceId, about, types } = group;
    const wanted = types ?? (about.mixed ? undefined : about.events);
    try {
      return await this.turns.take(() => this.tail.since(at, limit, { workspaceId, ...(wanted && { types: wanted }) }));
    } catch (error) {
      this.log.debug(`Missed events could not be read: ${(error as Error).message}`);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      return undefined;
    }
  }
}
