import { Global, Module } from '@nestjs/common';
import { GuardedConnections } from './guarded-connections.js';
import { HttpClient } from './http-client.js';

/** Outbound connections to hosts that people name, for every room. */
@Global()
@Module({ providers: [GuardedConnections, HttpClient], exports: [GuardedConnections, HttpClient] })
export class HttpClientModule {}
