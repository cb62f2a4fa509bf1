import type { ServerMessage, ServerMessageName, SocketProblem } from '../messages.js';
import { Backoff } from './backoff.js';
import { type ConnectionState, CUT_OFF, isFinal, needsToken } from './connection-state.js';
import { Listeners } from './listeners.js';
import type { ClientSocket, OpenSocket } from './socket.js';

/** How a connection is made. */
export interface ConnectionOptions {
  /** Of the server, such as `https://signalbox.example`. */
  readonly url: string;
  /** `io` of `socket.io-client`. */
  readonly open: OpenSocket;
  readonly path: string;
  /** An access token or an API key. @param fresh true when the last one is over or soon will be: get another one */
  token(fresh: boolean): string | Promise<string>;
  /** Milliseconds before the second attempt, and at most before any; 500 and 30,000 when absent. */
  readonly backoff?: { readonly first: number; readonly most: number };
  readonly random?: () => number;
}

/** Who uses it. */
export interface ConnectionUser {
  live(socket: ClientSocket, hello: ServerMessage<'hello'>): void;
  cut(): void;
  /** Somebody wants it, perhaps again after it was over. */
  anew(): void;
  /** It will not come back by itself. */
  over(why: SocketProblem): void;
  heard<N extends ServerMessageName>(name: N, message: ServerMessage<N>): void;
  renew(token: string): Promise<{ expiresAt: string | null }>;
}

const MESSAGES: Exclude<ServerMessageName, 'hello' | 'ended'>[] = [
  'event',
  'live',
  'skipped',
  'unwatched',
  'heartbeat',
  'workspaces',
  'inbox',
  'problem',
  'presence',
  'typing',
];

/** A token is renewed when so much of its time is left. */
const RENEW_AT = 0.2;
const RENEW_AGAIN_MS = 5000;

/** Keeps one socket open, with another one after each that broke. */
export class Connection {
  readonly states = new Listeners<ConnectionState>();
  private current: ConnectionState = { name: 'offline', why: CUT_OFF, retryInMs: 0 };
  private readonly backoff: Backoff;
  private socket?: ClientSocket;
  private retry?: ReturnType<typeof setTimeout>;
  private renewal?: ReturnType<typeof setTimeout>;
  private attempt = 0;
  private staleToken = false;
  /** The server's last word. */
  private why?: SocketProblem;

  constructor(
    private readonly options: ConnectionOptions,
    private readonly user: ConnectionUser,
  ) {
    const { first = 500, most = 30_000 } = options.backoff ?? {};
    this.backoff = new Backoff(first, most, options.random);
  }

  get state(): ConnectionState {
    return this.current;
  }

  connect(): void {
    if (this.socket) return;
    clearTimeout(this.retry);
    this.user.anew();
    void this.open();
  }

  /** Ends it here. */
  end(why: SocketProblem): void {
    this.let();
    this.become({ name: 'ended', why });
    this.user.over(why);
  }

  private async open(): Promise<void> {
    const { url, open, path } = this.options;
    // Made before the token is there, so that a second call or an end meanwhile is seen.
    const auth: { token?: string } = {};
    const made = { path, transports: ['websocket'], reconnection: false, forceNew: true, autoConnect: false, auth };
    const socket = open(url, made);
    this.socket = socket;
    this.why = undefined;
    this.become({ name: 'connecting', attempt: ++this.attempt });
    try {
      auth.token = await this.options.token(this.staleToken);
    } catch (error) {
      return this.failed(socket, { code: 'no_token', detail: (error as Error).message });
    }
    if (this.socket !== socket) return;
    this.listen(socket);
    socket.connect();
  }

  private listen(socket: ClientSocket): void {
    const mine =
      <T>(handle: (message: T) => void) =>
      (message: T) => {
        if (this.socket === socket) handle(message);
      };
    for (const name of MESSAGES)
      socket.on(
        name,
        mine((message: never) => this.user.heard(name, message)),
      );
    socket.on(
      'hello',
      mine((hello: ServerMessage<'hello'>) => this.greeted(socket, hello)),
    );
    socket.on(
      'ended',
      mine((why: SocketProblem) => (this.why = why)),
    );
    socket.on('disconnect', () => this.failed(socket, this.why ?? CUT_OFF));
    socket.on('connect_error', (error: Error & { data?: SocketProblem }) =>
      this.failed(socket, error.data ?? { code: 'connection', detail: error.message }),
    );
  }

  private greeted(socket: ClientSocket, hello: ServerMessage<'hello'>): void {
    this.backoff.reset();
    [this.attempt, this.staleToken] = [0, false];
    this.renewBefore(socket, hello.expiresAt);
    this.become({ name: 'live' });
    this.user.live(socket, hello);
  }

  private failed(socket: ClientSocket, why: SocketProblem): void {
    if (this.socket !== socket) return;
    const wasLive = this.current.name === 'live';
    this.let();
    const hopeless = isFinal(why) || (why.code === 'unauthenticated' && this.staleToken);
    if (hopeless) {
      this.staleToken = false;
      this.become({ name: wasLive ? 'ended' : 'refused', why });
      return this.user.over(why);
    }
    this.staleToken = needsToken(why);
    const retryInMs = this.backoff.next();
    this.become({ name: 'offline', why, retryInMs });
    this.retry = setTimeout(() => void this.open(), retryInMs);
  }

  /** Lets go of the socket, whatever it is doing. */
  private let(): void {
    const { socket } = this;
    this.socket = undefined;
    clearTimeout(this.retry);
    clearTimeout(this.renewal);
    this.user.cut();
    socket?.disconnect();
  }

  private renewBefore(socket: ClientSocket, expiresAt: string | null): void {
    clearTimeout(this.renewal);
    if (expiresAt === null) return;
    const left = Math.max(0, Date.parse(expiresAt) - Date.now());
    this.renewal = setTimeout(() => void this.renew(socket), left * (1 - RENEW_AT));
  }

  private async renew(socket: ClientSocket): Promise<void> {
    try {
      const token = await this.options.token(true);
      if (this.socket !== socket) return;
      const { expiresAt } = await this.user.renew(token);
      if (this.socket === socket) this.renewBefore(socket, expiresAt);
    } catch {
      // The server ends the socket when the token is over, and says so; until then another one may come.
      if (this.socket === socket) this.renewal = setTimeout(() => void this.renew(socket), RENEW_AGAIN_MS);
    }
  }

  private become(state: ConnectionState): void {
    this.current = state;
    this.states.tell(state);
  }
}
