import type { CommandAnswer, CommandBody, CommandName, ServerMessage, ServerMessageName } from '../messages.js';
import { SOCKET_PATH } from '../path.js';
import { Commands } from './commands.js';
import { Connection, type ConnectionOptions } from './connection.js';
import { CLOSED, type ConnectionState } from './connection-state.js';
import { Listeners } from './listeners.js';
import { type PageListener, PageVisit } from './page-visit.js';
import { Watching, type WatchListener, type WatchPlace } from './watching.js';

/** What a client is made of. */
export interface LiveClientOptions extends Omit<ConnectionOptions, 'path'> {
  /** Commands that may wait for a connection; further ones are refused. */
  readonly queue?: number;
}

/**
 * A client of the socket protocol: it connects again by itself, takes watches up where they broke off, tells each event
 * once, and keeps commands until they are answered. It needs nothing at runtime but the `io` that it is given.
 *
 * ```ts
 * const live = new LiveClient({ url, open: io, token: () => session.accessToken() });
 * live.connect();
 * const watch = live.watch({ workspaceId, filter: 'type:deal.*' }, { event: (event) => show(event) });
 * ```
 */
export class LiveClient {
  /** The workspaces that the server placed this client in, whenever they change. */
  readonly workspaces = new Listeners<ServerMessage<'workspaces'>['workspaces']>();
  /**
   * How the person's inbox stands: after each connection, and whenever something comes to it or is done with it in another
   * page. API keys hear nothing of it.
   */
  readonly inbox = new Listeners<ServerMessage<'inbox'>>();
  private readonly commands: Commands;
  private readonly connection: Connection;
  private readonly watches = new Set<Watching>();
  private readonly visits = new Set<PageVisit>();

  constructor(options: LiveClientOptions) {
    this.commands = new Commands(options.queue ?? 100);
    this.connection = new Connection(
      { ...options, path: SOCKET_PATH },
      {
        renew: (token) => this.commands.askNow('renew', { token }),
        cut: () => {
          this.commands.offline();
          for (const watch of this.watches) watch.cut();
        },
        live: (socket, hello) => {
          this.commands.online(socket);
          this.workspaces.tell(hello.workspaces);
          for (const one of [...this.watches, ...this.visits]) one.begin();
          this.commands.flush();
        },
        anew: () => this.commands.open(),
        over: (why) => this.commands.close(why),
        heard: (name, message) => this.heard(name, message),
      },
    );
  }

  /** How it stands now. */
  get state(): ConnectionState {
    return this.connection.state;
  }

  /** Hears of every change of the state. @returns what ends that */
  onState(listener: (state: ConnectionState) => void): () => void {
    return this.connection.states.add(listener);
  }

  /** Connects, also after it was refused or ended. Whoever signs in again calls it. */
  connect(): void {
    this.connection.connect();
  }

  /** Ends it; what waits is refused with `closed`. */
  close(): void {
    this.connection.end(CLOSED);
  }

  /** Sends a command, now or once there is a connection. @throws CommandRefused with the server's problem */
  ask<N extends CommandName>(name: N, body: CommandBody<N>): Promise<CommandAnswer<N>> {
    return this.commands.ask(name, body);
  }

  /**
   * Watches events. @param from what `at` of an earlier watch said: what came since is told first
   * @returns `close` ends it; `at` is where it stands
   */
  watch(
    wanted: Omit<CommandBody<'watch'>, 'after' | 'epoch'>,
    listener: WatchListener,
    from?: WatchPlace,
  ): { readonly at: WatchPlace | undefined; close(): void } {
    const watching = new Watching(wanted, listener, this.commands, from);
    const { watches } = this;
    watches.add(watching);
    if (this.state.name === 'live') watching.begin();
    return {
      get at() {
        return watching.at;
      },
      close: () => {
        watches.delete(watching);
        watching.close();
      },
    };
  }

  /** Says that one looks at a page of a workspace, and hears who else does, until `leave` is called. */
  enter(page: { workspaceId: string; page: string }, listener: PageListener): Pick<PageVisit, 'leave' | 'typing'> {
    const visit: PageVisit = new PageVisit(page, listener, this.commands, () => this.visits.delete(visit));
    this.visits.add(visit);
    if (this.state.name === 'live') visit.begin();
    return visit;
  }

  private heard<N extends ServerMessageName>(name: N, message: ServerMessage<N>): void {
    const handle = this.handlers[name] as ((message: ServerMessage<N>) => void) | undefined;
    handle?.(message);
  }

  private readonly handlers: { [N in ServerMessageName]?: (message: ServerMessage<N>) => void } = {
    event: ({ watch, event }) => this.named(watch)?.hear(event),
    live: ({ watch, position }) => this.named(watch)?.live(position),
    skipped: ({ watch, from, to }) => this.named(watch)?.skipped(from, to),
    unwatched: ({ watch, ...why }) => this.named(watch)?.ended(why),
    heartbeat: ({ position }) => {
      for (const watch of this.watches) watch.beat(position);
    },
    workspaces: ({ workspaces }) => this.workspaces.tell(workspaces),
    inbox: (message) => this.inbox.tell(message),
    presence: ({ people, count, ...page }) => {
      for (const visit of this.at(page)) visit.people(people, count);
    },
    typing: ({ userId, forMs, ...page }) => {
      for (const visit of this.at(page)) visit.heardTyping(userId, forMs);
    },
  };

  private named(id: string): Watching | undefined {
    for (const watch of this.watches) if (watch.id === id) return watch;
    return undefined;
  }

  private at({ workspaceId, page }: { workspaceId: string; page: string }): PageVisit[] {
    return [...this.visits].filter((one) => one.page.workspaceId === workspaceId && one.page.page === page);
  }
}
