import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { Logger } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Server, ServerOptions, Socket } from 'socket.io';
import { ENDINGS } from '../realtime.errors.js';
import { end, type LiveServer } from './live-socket.js';

/** How long the other side may take to close before its connection is cut. */
const CLOSE_MS = 500;

/** One connection below Socket.IO, as far as it is needed here. */
export interface Connection {
  readonly request: IncomingMessage;
  /** What its transport has not taken yet. */
  readonly writeBuffer: readonly unknown[];
  on(event: 'packet' | 'close', listener: () => void): unknown;
  close(): unknown;
}

/** Serves sockets on the application's HTTP server, and lets go of them when that ends. */
export class SocketAdapter extends IoAdapter {
  private readonly log = new Logger('realtime');
  private readonly open = new Set<Connection>();

  /** @param options beside those that the gateway's decorator says */
  constructor(
    server: HttpServer,
    private readonly options: Partial<ServerOptions>,
  ) {
    super(server);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const server = super.createIOServer(port, { ...options, ...this.options } as ServerOptions) as Server;
    server.engine.on('connection', (connection: Connection) => {
      this.open.add(connection);
      connection.on('close', () => this.open.delete(connection));
    });
    return server;
  }

  /**
   * One listener a message, and nothing else that stays: the pipelines that the library would build for each message of each
   * socket take 3 kB each. What is no command with an acknowledgement has been refused before.
   */
  override bindMessageHandlers(
    socket: Socket,
    handlers: Parameters<IoAdapter['bindMessageHandlers']>[1],
    transform: Parameters<IoAdapter['bindMessageHandlers']>[2],
  ): void {
    for (const { message, callback } of handlers)
      socket.on(message as string, (...values: unknown[]) => {
        const acknowledge = values.pop() as (answer: unknown) => void;
        transform(callback(values[0])).subscribe({
          next: acknowledge,
          error: (error: Error) => this.log.error(error, 'A command was not answered'),
        });
      });
  }

  /** Tells every socket, and cuts those that do not close. The HTTP server is not ours to close: requests may be under way. */
  override async close(server: Server): Promise<void> {
    for (const socket of (server as LiveServer).of('/').sockets.values()) end(socket, ENDINGS.closing);
    const deadline = performance.now() + CLOSE_MS;
    while (this.open.size > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
    for (const { request } of this.open) request.socket.destroy();
    server.engine.close();
  }
}
