import { Injectable, Logger, type OnModuleDestroy, Optional } from '@nestjs/common';
import type { EventData } from '#contract/events/index.js';
import type { ServerMessage } from '#contract/realtime/index.js';
import type { LogEvent } from '#platform/event-log/index.js';
import { Inboxes, type InboxNow } from '#platform/notifications/index.js';
import type { LiveServer, LiveSocket } from '../server/live-socket.js';
import { Pressure } from '../server/pressure.js';
import { personRoom } from '../standings/rooms.js';
import { Feed } from '../watches/feed.js';

/** Of so many people at a time the inboxes are asked for. */
const AT_ONCE = 200;
/** More than this is not told one by one. */
const MOST_ITEMS = 50;
/** Between two looks at the inboxes: what comes meanwhile is told together. */
const REST_MS = 50;
/** After a look that failed, and for sockets that are full. */
const AGAIN_MS = 500;

/** What a person is to be told of their inbox. */
class News {
  /** Ids of notifications; true for those that came. */
  readonly changed = new Map<string, boolean>();
  /** Up to which position, by workspace. */
  readonly read = new Map<string, number>();
  /** Sockets that have not been told how the inbox stands. */
  readonly fresh = new Set<LiveSocket>();

  get ids(): string[] {
    return this.changed.size > MOST_ITEMS ? [] : [...this.changed.keys()];
  }

  note({ type, subjectId, workspaceId, data }: LogEvent): void {
    if (type !== 'inbox.read') this.changed.set(subjectId, ARRIVES.has(type) || this.arrived(subjectId));
    else this.read.set(workspaceId, Math.max(this.read.get(workspaceId) ?? 0, (data as EventData<typeof type>).upTo));
  }

  arrived(id: string): boolean {
    return this.changed.get(id) ?? false;
  }
}

const ARRIVES: ReadonlySet<string> = new Set(['notification.created', 'notification.returned']);
const TOLD: ReadonlySet<string> = new Set([...ARRIVES, 'notification.updated', 'inbox.read']);

/**
 * Tells people's open pages what becomes of their inbox. Each process reads of it in the log and tells its own sockets; the
 * inbox itself is asked when it is told, so that a page is never told less than what is, nor what its person may not see.
 */
@Injectable()
export class LiveInboxes implements OnModuleDestroy {
  private readonly log = new Logger('realtime');
  private readonly news = new Map<string, News>();
  private server?: LiveServer;
  private running?: Promise<void>;
  private stopped = false;
  private wake?: () => void;

  constructor(
    private readonly feed: Feed,
    private readonly pressure: Pressure,
    @Optional() private readonly inboxes?: Inboxes,
  ) {}

  /** Tells the sockets of this server. */
  serve(server: LiveServer): void {
    this.server = server;
    if (this.inboxes)
      this.feed.follow({ wants: () => server.of('/').sockets.size > 0, hear: (event) => this.hear(event) });
  }

  /** A socket is new, or sees something else than before: it is told how its person's inbox stands. */
  greet(socket: LiveSocket): void {
    const { actor } = socket.data.credential;
    if (!this.inboxes || actor.kind !== 'user') return;
    this.newsOf(actor.id).fresh.add(socket);
    this.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    this.wake?.();
    await this.running;
  }

  private hear(event: LogEvent): void {
    if (!TOLD.has(event.type) || event.scope.kind !== 'user' || this.socketsOf(event.scope.id).length === 0) return;
    this.newsOf(event.scope.id).note(event);
    this.start();
  }

  private newsOf(userId: string): News {
    const known = this.news.get(userId) ?? new News();
    this.news.set(userId, known);
    return known;
  }

  private socketsOf(userId: string): LiveSocket[] {
    const { adapter, sockets } = this.server!.of('/');
    return [...(adapter.rooms.get(personRoom(userId)) ?? [])].flatMap((id) => sockets.get(id) ?? []);
  }

  private start(): void {
    if (!this.stopped) this.running ??= this.run().finally(() => (this.running = undefined));
  }

  private async run(): Promise<void> {
    while (this.news.size > 0 && !this.stopped) {
      const some = [...this.news].slice(0, AT_ONCE);
      for (const [userId] of some) this.news.delete(userId);
      try {
        await this.tell(new Map(some));
        await this.rest(REST_MS);
      } catch (error) {
        this.log.debug(`Inboxes could not be asked for: ${(error as Error).message}`);
        this.again(some.flatMap(([userId]) => this.socketsOf(userId)));
        await this.rest(AGAIN_MS);
      }
    }
  }

  private async tell(news: ReadonlyMap<string, News>): Promise<void> {
    await this.feed.start();
    const { position } = this.feed;
    const now = await this.inboxes!.now(new Map([...news].map(([userId, { ids }]) => [userId, ids])));
    for (const [userId, told] of news) {
      const inbox = now.get(userId);
      if (!inbox) continue;
      const changed = messageOf(told, inbox, position);
      const whole = { position, unread: inbox.unread, notifications: [], read: [], anew: true };
      for (const socket of this.socketsOf(userId)) this.emit(socket, told.fresh.has(socket) ? whole : changed);
    }
  }

  /** A socket that is full is told how all stands once it has read. */
  private emit(socket: LiveSocket, message: ServerMessage<'inbox'> | undefined): void {
    if (!message) return;
    if (!this.pressure.full(socket)) socket.emit('inbox', message);
    else void this.pressure.room(socket).then(() => this.again([socket]));
  }

  private again(sockets: readonly LiveSocket[]): void {
    for (const socket of sockets) if (socket.connected && !this.stopped) this.greet(socket);
  }

  private async rest(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }
}

/** Undefined where nothing changed, as when a person has another socket. */
function messageOf(told: News, { unread, notifications }: InboxNow, position: number) {
  if (told.changed.size + told.read.size === 0) return undefined;
  return {
    position,
    unread,
    notifications: notifications.map((item) => ({ ...item, arrived: told.arrived(item.id) })),
    read: [...told.read].map(([workspaceId, upTo]) => ({ workspaceId, upTo })),
    anew: told.changed.size > MOST_ITEMS,
  };
}
