import type { IncomingMessage } from 'node:http';
import { Injectable, Optional } from '@nestjs/common';
import { z } from 'zod';
import { AddressNotAllowed, StandingCredentials } from '#platform/access/index.js';
import { InstanceConfig } from '#platform/config/index.js';
import { Unauthenticated } from '#platform/errors/index.js';
import { LogTail } from '#platform/event-log/index.js';
import {
  addressPrincipal,
  clientAddress,
  ForeignOrigin,
  HttpConfig,
  OwnOrigins,
  RateLimits,
  refuse,
  RefusalWatch,
} from '#platform/http/index.js';
import { RealtimeConfig } from '../realtime.config.js';
import { AlreadyConnected, NoSockets, TooManySockets } from '../realtime.errors.js';
import type { LiveSocket } from './live-socket.js';
import { Seats } from './seats.js';
import type { Connection } from './socket-adapter.js';

const auth = z.object({ token: z.string().min(1).max(2048) });

/** So many more connections of an address are taken, only to be told why they are refused. */
const SPARE = 20;

/** Lets sockets in: whose page, how often, who, from where, how many. */
@Injectable()
export class Handshakes {
  /** The client's address of a request that opens a socket. */
  readonly addressOf: (request: IncomingMessage) => string;
  private readonly persons: Seats;
  private readonly addresses: Seats;
  private readonly connections: Seats;
  private readonly shown = new WeakSet<object>();
  private closing = false;

  constructor(
    private readonly credentials: StandingCredentials,
    private readonly origins: OwnOrigins,
    private readonly limits: RateLimits,
    private readonly tail: LogTail,
    private readonly config: RealtimeConfig,
    private readonly instance: InstanceConfig,
    http: HttpConfig,
    @Optional() private readonly watch?: RefusalWatch,
  ) {
    this.addressOf = clientAddress(http.trustProxy);
    this.persons = new Seats(config.perPerson);
    this.addresses = new Seats(config.perAddress);
    this.connections = new Seats(config.perAddress + SPARE);
  }

  /** Takes no more sockets from here on. */
  close(): void {
    this.closing = true;
  }

  /** Whether a connection is taken at all, before anything is known of it. */
  takes(request: IncomingMessage): boolean {
    const release = this.connections.take(addressPrincipal(this.addressOf(request)));
    if (release) request.socket.once('close', release);
    return release !== undefined;
  }

  /**
   * Checks what a socket shows and remembers it as its state.
   *
   * @throws ForeignOrigin, TooManyRequests, Unauthenticated, AddressNotAllowed, TooManySockets, AlreadyConnected, NoSockets
   */
  async admit(socket: LiveSocket): Promise<void> {
    if (this.closing || !this.instance.plays('realtime')) throw new NoSockets();
    const { request } = socket;
    const connection = socket.conn as unknown as Connection;
    const address = this.addressOf(request);
    const principal = addressPrincipal(address);
    // Browsers name the origin of every WebSocket, and send no token by themselves: neither alone would do.
    if (this.origins.senderOf(request) === 'foreign') throw new ForeignOrigin();
    refuse(this.limits.take({ name: 'socket', limit: this.config.rate, windowSeconds: 60 }, principal));
    if (this.shown.has(connection)) throw new AlreadyConnected();
    const { credential, standing } = await this.look(socket, address);
    const head = await this.tail.head();
    // Nothing is awaited from here on: of several handshakes at once none sees a seat that another is about to take.
    if (this.shown.has(connection)) throw new AlreadyConnected();
    const { userId, serviceAccountId, id } = credential.actor;
    const seat = this.persons.take(userId ?? serviceAccountId ?? id);
    if (!seat) throw new TooManySockets('account', this.config.perPerson);
    const place = this.addresses.take(principal);
    if (!place) {
      seat();
      throw new TooManySockets('address', this.config.perAddress);
    }
    this.shown.add(connection);
    const leave = () => [seat, place].forEach((release) => release());
    request.socket.once('close', leave);
    if (request.socket.destroyed) leave();
    Object.assign(socket.data, { credential, standing, head });
  }

  /** Who it is, and where they belong; from the database, for a session that ended a moment ago opens nothing. */
  private async look(socket: LiveSocket, address: string) {
    const shown = auth.safeParse(socket.handshake.auth);
    // Socket.IO would keep it as long as the socket lives.
    socket.handshake.auth = {};
    if (!shown.success) throw new Unauthenticated('Send an access token or an API key as auth.token.');
    try {
      const credential = await this.credentials.admit(shown.data.token, address);
      const standing = (await this.credentials.look([credential.ref])).get(credential.ref);
      if (!standing) throw new Unauthenticated('This session is over, or the API key does not work: sign in again.');
      return { credential, standing };
    } catch (error) {
      if (error instanceof AddressNotAllowed) this.tell(error, address);
      throw error;
    }
  }

  private tell({ actor, workspaceId, status, code }: AddressNotAllowed, address: string): void {
    const what = { method: 'GET', route: '/ws', permission: null, status, code };
    this.watch?.refused({ actor: { ...actor, address }, workspaceId, ...what });
  }
}
