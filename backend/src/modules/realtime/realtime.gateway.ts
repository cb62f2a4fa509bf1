import { Logger, type OnModuleDestroy } from '@nestjs/common';
import {
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';
import { type Answer, type CommandAnswer, commands, SOCKET_PATH } from '#contract/realtime/index.js';
import { LogTail } from '#platform/event-log/index.js';
import { RedisConnections } from '#platform/redis/index.js';
import { answer, problemFor } from './commands/answer.js';
import { packets } from './commands/packets.js';
import { Renewals } from './commands/renewals.js';
import { type CommandPermission, commandPermissions, SocketCommand } from './commands/socket-command.js';
import { LiveInboxes } from './inboxes/live-inboxes.js';
import { RealtimeConfig } from './realtime.config.js';
import { ENDINGS } from './realtime.errors.js';
import { Presence } from './presence/presence.js';
import { Handshakes } from './server/handshakes.js';
import { end, type LiveServer, type LiveSocket } from './server/live-socket.js';
import { PacketRate } from './server/packet-rate.js';
import { redisAdapter } from './server/redis-adapter.js';
import type { Connection } from './server/socket-adapter.js';
import { placesOf } from './standings/rooms.js';
import { Standings } from './standings/standings.js';
import { Feed } from './watches/feed.js';
import { Watches } from './watches/watches.js';

/** Packets that may wait for a connection that goes on sending. */
const MAX_UNREAD = 10_000;

/** The sockets of clients. Commands are carried out elsewhere; see `contract/realtime` for every message. */
@WebSocketGateway({ path: SOCKET_PATH, transports: ['websocket'], serveClient: false })
export class RealtimeGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect, OnModuleDestroy {
  /** The sockets of all processes; `server.local` are those of this one. */
  @WebSocketServer()
  readonly server!: LiveServer;
  private readonly log = new Logger('realtime');
  private readonly permissions: ReadonlyMap<string, CommandPermission> = commandPermissions(this);
  /** The socket that a connection carries. */
  private readonly carried = new WeakMap<object, LiveSocket>();
  private closeRedis?: () => void;
  private heart?: NodeJS.Timeout;

  constructor(
    private readonly handshakes: Handshakes,
    private readonly standings: Standings,
    private readonly renewals: Renewals,
    private readonly watches: Watches,
    private readonly feed: Feed,
    private readonly presence: Presence,
    private readonly inboxes: LiveInboxes,
    private readonly tail: LogTail,
    private readonly config: RealtimeConfig,
    private readonly redis: RedisConnections,
  ) {}

  afterInit(server: LiveServer): void {
    const { adapter, close } = redisAdapter(this.redis);
    this.closeRedis = close;
    server.adapter(adapter);
    this.presence.serve(server);
    this.inboxes.serve(server);
    this.standings.watch((socket) => {
      this.watches.review(socket);
      this.presence.review(socket);
      this.inboxes.greet(socket);
    });
    server.engine.on('connection', (connection: Connection) => this.limit(connection));
    server.use((socket, next) => {
      this.handshakes.admit(socket).then(
        () => next(),
        (error: unknown) => next(refusal(error)),
      );
    });
    this.heart = setInterval(() => void this.beat(), this.config.heartbeatMs);
  }

  handleConnection(socket: LiveSocket): void {
    const { head, credential } = socket.data;
    this.carried.set(socket.conn, socket);
    // What cannot be decoded ends the connection; this is said before. Clients' own messages never come here.
    socket.on('error', () => end(socket, ENDINGS.malformed));
    socket.use(packets(socket, this.permissions));
    this.standings.keep(socket);
    const expiresAt = credential.expiresAt?.toISOString() ?? null;
    socket.emit('hello', { ...head, expiresAt, heartbeatMs: this.config.heartbeatMs, workspaces: placesOf(socket) });
    this.inboxes.greet(socket);
  }

  handleDisconnect(socket: LiveSocket): void {
    this.standings.drop(socket);
    this.watches.drop(socket);
    this.presence.drop(socket);
  }

  onModuleDestroy(): void {
    this.handshakes.close();
    clearInterval(this.heart);
    this.closeRedis?.();
  }

  @SocketCommand('renew', { permission: 'self' })
  renew(socket: LiveSocket, body: unknown): Promise<Answer<CommandAnswer<'renew'>>> {
    return answer(commands.renew.body, body, ({ token }) => this.renewals.renew(socket, token));
  }

  @SocketCommand('head', { permission: 'connected' })
  head(_socket: LiveSocket, body: unknown): Promise<Answer<CommandAnswer<'head'>>> {
    return answer(commands.head.body, body, () => this.tail.head());
  }

  @SocketCommand('watch', { permission: 'target' })
  watch(socket: LiveSocket, body: unknown): Promise<Answer<CommandAnswer<'watch'>>> {
    return answer(commands.watch.body, body, (asked) => this.watches.watch(socket, asked));
  }

  @SocketCommand('unwatch', { permission: 'connected' })
  unwatch(socket: LiveSocket, body: unknown): Promise<Answer<CommandAnswer<'unwatch'>>> {
    return answer(commands.unwatch.body, body, async ({ watch }) => {
      this.watches.unwatch(socket, watch);
      return { watch };
    });
  }

  @SocketCommand('enter', { permission: 'workspace:read' })
  enter(socket: LiveSocket, body: unknown): Promise<Answer<CommandAnswer<'enter'>>> {
    return answer(commands.enter.body, body, (page) => this.presence.enter(socket, page));
  }

  @SocketCommand('leave', { permission: 'connected' })
  leave(socket: LiveSocket, body: unknown): Promise<Answer<CommandAnswer<'leave'>>> {
    return answer(commands.leave.body, body, async (page) => {
      this.presence.leave(socket, page);
      return { page: page.page };
    });
  }

  @SocketCommand('typing', { permission: 'workspace:read' })
  typing(socket: LiveSocket, body: unknown): Promise<Answer<CommandAnswer<'typing'>>> {
    return answer(commands.typing.body, body, async (page) => {
      await this.presence.typing(socket, page);
      return { page: page.page };
    });
  }

  /** Counts what comes in below the messages, so that halves of them and what cannot be decoded count as well. */
  private limit(connection: Connection): void {
    const rate = new PacketRate(this.config.messagesPerSecond);
    connection.on('packet', () => {
      // Whoever asks and does not read the answers would grow the server by them.
      const why = !rate.take() ? ENDINGS.flood : connection.writeBuffer.length > MAX_UNREAD ? ENDINGS.slow : undefined;
      if (!why) return;
      const socket = this.carried.get(connection);
      if (socket?.connected) end(socket, why);
      else connection.close();
    });
  }

  private async beat(): Promise<void> {
    const { server } = this;
    try {
      if (server.of('/').sockets.size === 0) return;
      const head = await this.feed.stands();
      // Of this process alone: each tells its own. A socket that cannot keep up misses one.
      server.local.except(this.feed.owing()).volatile.emit('heartbeat', head);
    } catch (error) {
      this.log.debug(`A heartbeat was left out: ${(error as Error).message}`);
    }
  }
}

/** A refusal as Socket.IO sends it: the client's `connect_error` has the problem as `data`. */
function refusal(error: unknown): Error {
  const problem = problemFor(error);
  return Object.assign(new Error(problem.detail), { data: problem });
}
