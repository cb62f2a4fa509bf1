import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { Module } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { FiltersModule } from '#platform/filters/index.js';
import { RealtimeConfig } from './realtime.config.js';
import { Renewals } from './commands/renewals.js';
import { LiveInboxes } from './inboxes/live-inboxes.js';
import { Presence } from './presence/presence.js';
import { Visitors } from './presence/visitors.js';
import { RealtimeGateway } from './realtime.gateway.js';
import { Handshakes } from './server/handshakes.js';
import { Pressure } from './server/pressure.js';
import { SocketAdapter } from './server/socket-adapter.js';
import { Places } from './standings/places.js';
import { Standings } from './standings/standings.js';
import { Feed } from './watches/feed.js';
import { Groups } from './watches/groups.js';
import { Past } from './watches/past.js';
import { Resumption } from './watches/resumption.js';
import { Watches } from './watches/watches.js';

const watches = [Feed, Groups, Past, Resumption, Watches];

const presence = [Presence, Visitors];

/** Sockets: who is connected, as whom, where they belong, and what they watch. */
@Module({
  imports: [FiltersModule],
  providers: [Handshakes, LiveInboxes, Places, Pressure, RealtimeGateway, Renewals, Standings, ...presence, ...watches],
})
export class RealtimeModule {
  /** Gateways are connected before any `onModuleInit`: what serves them must be there when the modules are made. */
  constructor(application: ApplicationConfig, host: HttpAdapterHost, config: RealtimeConfig, handshakes: Handshakes) {
    // A context without a server, such as a command's, has no adapter.
    if (!(host.httpAdapter as unknown)) return;
    const server = host.httpAdapter.getHttpServer() as HttpServer;
    const allowRequest = (request: IncomingMessage, decide: (why: string | null, taken: boolean) => void) =>
      decide('This address has too many connections.', handshakes.takes(request));
    application.setIoAdapter(
      new SocketAdapter(server, {
        allowRequest,
        connectTimeout: config.handshakeMs,
        maxHttpBufferSize: config.messageLimit,
        perMessageDeflate: false,
      }),
    );
  }
}
