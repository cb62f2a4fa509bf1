import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { EndpointOptions } from '../endpoint.js';
import { etagOf, matches } from '../etag.js';
import { RouteTable } from '../routes/route-table.js';
import { apiDocument } from './document.js';

const ASSETS: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Signalbox API</title>
<link rel="icon" type="image/png" href="/api/docs/favicon-32x32.png">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<div id="explorer"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
`;

// A file of its own: the content security policy allows no script inside the page.
const START = `SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#explorer',
  deepLinking: true,
  tryItOutEnabled: true,
  persistAuthorization: false,
});
`;

/** Serves the API document at /api/openapi.json and the explorer at /api/docs, all of it as files under the strict policy. */
export function serveApiDocument(app: NestFastifyApplication, server: FastifyInstance, explorer: boolean): void {
  let text: string | undefined;
  let tag = '';
  server.get(
    '/api/openapi.json',
    { config: { endpoint: open('The API document (OpenAPI 3.1)') } },
    (request, reply) => {
      text ??= JSON.stringify(apiDocument(app, app.get(RouteTable)));
      tag ||= etagOf(text);
      reply.headers({ ETag: tag, 'Cache-Control': 'no-cache' });
      const known = request.headers['if-none-match'];
      if (known && matches(known, tag)) return reply.code(304).send();
      return reply.type('application/json; charset=utf-8').send(text);
    },
  );
  if (!explorer) return;
  const page = open('The API explorer');
  for (const path of ['/api/docs', '/api/docs/'])
    server.get(path, { config: { endpoint: page } }, (_request, reply) =>
      reply.type('text/html; charset=utf-8').header('Cache-Control', 'no-cache').send(PAGE),
    );
  server.get('/api/docs/start.js', { config: { endpoint: page } }, (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').header('Cache-Control', 'no-cache').send(START),
  );
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  for (const [file, type] of Object.entries(ASSETS)) {
    let bytes: Buffer | undefined;
    server.get(`/api/docs/${file}`, { config: { endpoint: page } }, (_request, reply) => {
      bytes ??= readFileSync(join(folder, file));
      return reply.type(type).header('Cache-Control', 'public, max-age=86400').send(bytes);
    });
  }
}

function open(summary: string): EndpointOptions {
  return { permission: 'public', summary, rateClass: 'none', produces: 'text/html' };
}
