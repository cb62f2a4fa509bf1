import { Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { EndpointOptions } from '#platform/http/index.js';
import { type ConsoleFile, readConsole } from './console-files.js';

const ENDPOINT: EndpointOptions = {
  permission: 'public',
  summary: 'A file of the console',
  rateClass: 'none',
  produces: 'text/html',
};

/** Serves the console's files at the root of the one port. */
@Module({})
export class ConsoleModule implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    for (const file of readConsole()) serve(server, file);
  }
}

function serve(server: FastifyInstance, { paths, type, bytes, etag }: ConsoleFile): void {
  for (const path of paths)
    server.get(path, { config: { endpoint: ENDPOINT } }, (request, reply) => {
      void reply.headers({ ETag: etag, 'Cache-Control': 'no-cache' });
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type(type).send(bytes);
    });
}
