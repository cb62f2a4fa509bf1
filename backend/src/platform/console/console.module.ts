import { randomBytes } from 'node:crypto';
import { Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { NotFound } from '#platform/errors/index.js';
import type { EndpointOptions } from '#platform/http/index.js';
import { type ConsoleFile, readConsole } from './console-files.js';

const ENDPOINT: EndpointOptions = {
  permission: 'public',
  summary: 'A file of the console',
  rateClass: 'none',
  produces: 'text/html',
};

/** The addresses of pages: the console's router takes over from there. Anything else is a file, or is not there. */
export const PAGES = [
  '/',
  '/confirm-email-change',
  '/inbox',
  '/inbox/*',
  '/instance',
  '/instance/*',
  '/invitation',
  '/reset-password',
  '/settings/*',
  '/setup',
  '/sign-in',
  '/sign-in/*',
  '/sign-up',
  '/undo-email-change',
  '/unlock-sign-in',
  '/verify-email',
  '/welcome',
  '/workspaces/*',
] as const;

/** Where the build puts files: at the root, and what styles refer to. */
const FOLDERS = ['', '/media'];

const NOT_BUILT = 'The console has not been built: npm run build. The API is at /api/docs.';
/** Stands in the built page where each answer has a number of its own. */
const NONCE = 'NONCE_OF_THE_ANSWER';

/** Serves the console at the root of the one port: its files, and its page at the address of each of its pages. */
@Module({})
export class ConsoleModule implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    const files = new Map(readConsole().map((file) => [file.path, file]));
    const page = files.get('/index.html')?.bytes.toString() ?? NOT_BUILT;
    for (const path of PAGES) servePage(server, path, page);
    for (const folder of FOLDERS) serveFiles(server, folder, files);
  }
}

/**
 * The page, under a policy that lets in the styles which carry this answer's number: those that components bring along.
 */
function servePage(server: FastifyInstance, path: string, page: string): void {
  server.get(path, { config: { endpoint: ENDPOINT } }, (_request, reply) =>
    sendPage(reply, page, randomBytes(16).toString('base64')),
  );
}

function sendPage(reply: FastifyReply, page: string, nonce: string): FastifyReply {
  const policy = String(reply.getHeader('content-security-policy'));
  void reply.headers({
    'Cache-Control': 'no-cache',
    'Content-Security-Policy': policy.replace("style-src 'self'", `style-src 'self' 'nonce-${nonce}'`),
  });
  return reply.type('text/html; charset=utf-8').send(page.replaceAll(NONCE, nonce));
}

/** @param folder such as `/media`; empty for the root */
function serveFiles(server: FastifyInstance, folder: string, files: ReadonlyMap<string, ConsoleFile>): void {
  server.get<{ Params: { file: string } }>(`${folder}/:file`, { config: { endpoint: ENDPOINT } }, (request, reply) => {
    const file = files.get(`${folder}/${request.params.file}`);
    if (!file) throw new NotFound('There is no such file.');
    // For the service worker alone, which keeps it for when there is no network and knows it by its digest.
    if (file.path === '/index.html') return sendPage(reply, file.bytes.toString(), NONCE);
    return sendFile(request, reply, file);
  });
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: ConsoleFile): FastifyReply {
  const { type, bytes, brotli, etag, immutable } = file;
  void reply.headers({
    ETag: etag,
    'Cache-Control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(brotli && { Vary: 'Accept-Encoding' }),
  });
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  void reply.type(type);
  if (!brotli || !/\bbr\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(bytes);
  return reply.header('Content-Encoding', 'br').send(brotli);
}
