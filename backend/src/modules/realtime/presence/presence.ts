import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { MOST_NAMED, type CommandAnswer, type CommandBody } from '#contract/realtime/index.js';
import { Forbidden } from '#platform/errors/index.js';
import { RealtimeConfig } from '../realtime.config.js';
import { NotOnPage, TooManyPages } from '../realtime.errors.js';
import type { LiveServer, LiveSocket } from '../server/live-socket.js';
import { PacketRate } from '../server/packet-rate.js';
import { Places } from '../standings/places.js';
import { Visitors } from './visitors.js';

type Asked = CommandBody<'enter'>;
type Viewers = CommandAnswer<'enter'>;

/** A page that somebody of this process looks at. */
interface Page extends Asked {
  readonly sockets: Set<LiveSocket>;
  /** Whom its sockets were told of last. */
  told: string;
  /** People who left since it was told. */
  readonly left: Set<string>;
  /** What is under way about it: one thing after the other, so that an older list never follows a newer one. */
  work: Promise<unknown>;
  /** What comes next: it tells of everybody who comes and goes until it begins. */
  next: Promise<Viewers> | undefined;
}

const PERMISSION = 'workspace:read';
/** After a page was told, for each person who looks at it, in milliseconds: a list of thousands is not sent to all for each. */
const REST_MS = 1;
const MOST_REST_MS = 1000;
/** How long typing shows unless it is said again, in milliseconds. */
const TYPING_MS = 5000;
/** The message between processes that says that somebody came or went. */
const MOVED = 'presence:moved';

const keyOf = ({ workspaceId, page }: Asked) => `${workspaceId}:${page}`;
const roomOf = (key: string) => `page:${key}`;
const userOf = ({ data }: LiveSocket) => data.credential.actor.id;

/** Who looks at what: of people alone, told to those who look at the same. */
@Injectable()
export class Presence implements OnModuleDestroy {
  private readonly pages = new Map<string, Page>();
  private readonly visited = new Map<LiveSocket, Set<string>>();
  private readonly typed = new WeakMap<LiveSocket, PacketRate>();
  private server?: LiveServer;
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly places: Places,
    private readonly visitors: Visitors,
    private readonly config: RealtimeConfig,
  ) {}

  serve(server: LiveServer): void {
    this.server = server;
    server.on(MOVED, (key: string) => void this.tell(key));
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** @throws NotFound, Forbidden about the workspace, and to keys; TooManyPages */
  async enter(socket: LiveSocket, asked: Asked): Promise<CommandAnswer<'enter'>> {
    await this.person(socket, asked);
    const mine = this.visited.get(socket) ?? new Set<string>();
    const key = keyOf(asked);
    if (!mine.has(key) && mine.size >= this.config.pages) throw new TooManyPages(this.config.pages);
    const page = this.pages.get(key) ?? newPage(asked);
    if (socket.connected) {
      this.pages.set(key, page);
      this.visited.set(socket, mine.add(key));
      page.sockets.add(socket);
      await socket.join(roomOf(key));
      this.refreshLater();
    }
    const viewers = await this.tell(key);
    this.server?.serverSideEmit(MOVED, key);
    return viewers;
  }

  leave(socket: LiveSocket, asked: Asked): void {
    if (this.visited.get(socket)?.has(keyOf(asked))) this.gone(socket, keyOf(asked));
  }

  /** @throws NotFound, Forbidden about the workspace, and to keys; NotOnPage */
  async typing(socket: LiveSocket, asked: Asked): Promise<void> {
    await this.person(socket, asked);
    const key = keyOf(asked);
    if (!this.visited.get(socket)?.has(key)) throw new NotOnPage();
    const rate = this.typed.get(socket) ?? new PacketRate(1);
    this.typed.set(socket, rate);
    if (!rate.take()) return;
    const { workspaceId, page } = asked;
    const message = { workspaceId, page, userId: userOf(socket), forMs: TYPING_MS };
    socket.to(roomOf(key)).volatile.emit('typing', message);
  }

  /** A socket is gone. */
  drop(socket: LiveSocket): void {
    for (const key of this.visited.get(socket) ?? []) this.gone(socket, key);
    this.visited.delete(socket);
  }

  /** What a socket may do changed. */
  review(socket: LiveSocket): void {
    for (const key of this.visited.get(socket) ?? []) {
      const page = this.pages.get(key);
      const place = page && socket.data.standing.workspaces.get(page.workspaceId);
      if (!place?.permissions.has(PERMISSION)) this.gone(socket, key);
    }
  }

  private async person(socket: LiveSocket, { workspaceId }: Asked): Promise<void> {
    await this.places.of(socket, workspaceId, PERMISSION);
    if (socket.data.credential.actor.kind !== 'user')
      throw new Forbidden('This is for signed-in people; an API key looks at nothing.');
  }

  private gone(socket: LiveSocket, key: string): void {
    this.visited.get(socket)?.delete(key);
    void socket.leave(roomOf(key));
    const page = this.pages.get(key);
    page?.sockets.delete(socket);
    page?.left.add(userOf(socket));
    void this.tell(key).then(() => this.server?.serverSideEmit(MOVED, key));
  }

  /** Finds out who looks at a page, and tells its sockets here if it is somebody else than before. */
  private async tell(key: string): Promise<Viewers> {
    const page = this.pages.get(key);
    if (!page) return { people: [], count: 0 };
    page.next ??= this.after(page, key);
    return page.next;
  }

  private after(page: Page, key: string): Promise<Viewers> {
    const next = page.work.then(async () => {
      page.next = undefined;
      const here = new Set([...page.sockets].map(userOf));
      const left = [...page.left].filter((user) => !here.has(user));
      page.left.clear();
      const elsewhere = await this.visitors.say(key, here, left);
      const all = [...new Set([...[...page.sockets].map(userOf), ...elsewhere])].sort();
      const viewers = { people: all.slice(0, MOST_NAMED), count: all.length };
      // Whoever comes back before what is next began is told of by it.
      if (page.sockets.size === 0 && !page.next) this.pages.delete(key);
      const told = `${viewers.count} ${viewers.people.join()}`;
      if (page.told !== told) {
        page.told = told;
        const { workspaceId } = page;
        this.server?.local.to(roomOf(key)).emit('presence', { workspaceId, page: page.page, ...viewers });
      }
      return viewers;
    });
    page.work = next.then(({ count }) => rest(Math.min(count * REST_MS, MOST_REST_MS)));
    return next;
  }

  /** Says again, before it is forgotten, who looks at what, and so finds out who does no more. */
  private refreshLater(): void {
    this.timer ??= setInterval(
      () => {
        for (const key of this.pages.keys()) void this.tell(key);
      },
      (this.config.presenceSeconds * 1000) / 3,
    );
  }
}

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms).unref());

const newPage = (asked: Asked): Page => ({
  ...asked,
  sockets: new Set(),
  left: new Set(),
  told: '',
  work: Promise.resolve(),
  next: undefined,
});
