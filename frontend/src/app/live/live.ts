import { computed, DestroyRef, effect, inject, Injectable, signal, untracked } from '@angular/core';
import type {
  ConnectionState,
  LiveClient,
  PageListener,
  WatchListener,
  WatchPlace,
} from '#contract/realtime/client/index.js';
import type { ServerMessage } from '#contract/realtime/index.js';
import { problemOf } from '../api/problem';
import { Session } from '../session';

/** How the person's inbox stands. */
export type InboxNews = ServerMessage<'inbox'>;

/** One watch of a page: ends with the page. */
export interface LiveWatch {
  readonly workspaceId: string;
  readonly target?: string;
  readonly filter?: string;
}

/**
 * The live connection of this window. It opens once somebody is signed in, and its code is loaded after the first page.
 */
@Injectable({ providedIn: 'root' })
export class Live {
  private readonly session = inject(Session);
  private readonly now = signal<ConnectionState>({ name: 'connecting', attempt: 1 });
  private readonly news = signal<InboxNews | undefined>(undefined);
  private readonly again = signal<WatchPlace | undefined>(undefined);
  private readonly watches = new Set<{ readonly at: WatchPlace | undefined }>();
  private client?: Promise<LiveClient>;
  private left?: WatchPlace;

  /** How the connection stands. */
  readonly state = this.now.asReadonly();
  /** The last that was told of the inbox; first after each connection. */
  readonly inbox = this.news.asReadonly();
  /** Where the log stood when the connection was lost; told once there is one again. */
  readonly back = this.again.asReadonly();
  /** True while nothing new can arrive. */
  readonly away = computed(() => this.now().name !== 'live' && this.now().name !== 'connecting');

  constructor() {
    effect(() => {
      const signedIn = this.session.signedIn();
      untracked(() => {
        if (signedIn) this.open().catch(problemOf);
        else this.close();
      });
    });
  }

  /** Tells of events until the caller is destroyed. Call it where `inject` works, or hand over the caller's DestroyRef. */
  watch(wanted: LiveWatch, listener: WatchListener, destroyRef = inject(DestroyRef)): void {
    destroyRef.onDestroy(this.follow(wanted, listener));
  }

  /**
   * Tells of events.
   * @param from where to begin: a place, or so many positions of the log back; the server may know fewer
   * @returns what ends it
   */
  follow(wanted: LiveWatch, listener: WatchListener, from: WatchPlace | number = 0): () => void {
    let over = false;
    let end: (() => void) | undefined;
    const begin = async () => {
      const client = await this.open();
      const place = typeof from === 'number' ? await placeBefore(client, from) : from;
      if (over) return;
      const watch = client.watch(wanted, listener, place);
      this.watches.add(watch);
      end = () => {
        this.watches.delete(watch);
        watch.close();
      };
    };
    // A connection that was closed for good takes no question; whoever signs in again gets another one.
    begin().catch(problemOf);
    return () => {
      over = true;
      end?.();
    };
  }

  /** Says that this person looks at a page, and hears who else does, until the caller is destroyed. */
  enter(page: { workspaceId: string; page: string }, listener: PageListener, destroyRef = inject(DestroyRef)): void {
    destroyRef.onDestroy(this.visit(page, listener));
  }

  /** Says that this person looks at a page, and hears who else does. @returns what ends it */
  visit(page: { workspaceId: string; page: string }, listener: PageListener): () => void {
    let over = false;
    let leave: (() => void) | undefined;
    const begin = async () => {
      const client = await this.open();
      if (over) return;
      const visit = client.enter(page, listener);
      leave = () => visit.leave();
    };
    begin().catch(problemOf);
    return () => {
      over = true;
      leave?.();
    };
  }

  /** Tries again at once. */
  retry(): void {
    this.open().then((client) => client.connect(), problemOf);
  }

  private open(): Promise<LiveClient> {
    return (this.client ??= this.make().catch((error: unknown) => {
      // Its code could not be loaded; the next question tries again.
      this.client = undefined;
      throw error;
    }));
  }

  private async make(): Promise<LiveClient> {
    const [{ LiveClient: Client }, { io }] = await Promise.all([
      import('#contract/realtime/client/index.js'),
      import('socket.io-client'),
    ]);
    const client = new Client({
      url: location.origin,
      open: io,
      token: (fresh) => this.session.accessToken(fresh),
    });
    client.onState((state) => this.stands(state));
    client.inbox.add((news) => this.news.set(news));
    client.connect();
    return client;
  }

  private stands(state: ConnectionState): void {
    if (state.name === 'offline') this.left ??= newest([...this.watches].map(({ at }) => at));
    if (state.name === 'live' && this.left) {
      this.again.set(this.left);
      this.left = undefined;
    }
    this.now.set(state);
    // The server ended the session: asking for a token finds that out, and forgets it.
    const over = (state.name === 'ended' || state.name === 'refused') && state.why.code === 'credentials_over';
    if (over) void this.session.accessToken(true).catch(problemOf);
  }

  private close(): void {
    const { client } = this;
    this.client = undefined;
    this.now.set({ name: 'connecting', attempt: 1 });
    this.news.set(undefined);
    this.again.set(undefined);
    this.left = undefined;
    this.watches.clear();
    client?.then((one) => one.close(), problemOf);
  }
}

async function placeBefore(client: LiveClient, positions: number): Promise<WatchPlace | undefined> {
  if (positions === 0) return undefined;
  const { position, epoch } = await client.ask('head', undefined);
  return { position: Math.max(0, position - positions), epoch };
}

const newest = (places: readonly (WatchPlace | undefined)[]): WatchPlace | undefined =>
  places.reduce((last, one) => (one && (!last || one.position > last.position) ? one : last), undefined);
