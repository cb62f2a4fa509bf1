import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { PayloadTooLarge, UnsupportedMediaType, ValidationFailed } from '#platform/errors/index.js';
import { invalid, refuseHostile, refuseHostileText } from './hostile.js';

const MAX_FORM_FIELDS = 1000;

/**
 * Replaces Fastify's parsers: JSON and forms, both checked for what cannot be stored; both stay bytes where the endpoint
 * wants them. Every other media type, unless the endpoint takes any, and every
 * compressed body, is answered 415.
 */
export function registerBodyParsers(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addHook('onRequest', (request, _reply, done) => {
    const coding = request.headers['content-encoding'];
    if (coding === undefined || coding === 'identity') done();
    else done(new UnsupportedMediaType('Send the body as it is: a compressed body may be far larger than it looks.'));
  });
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const raw = request.routeOptions.config.endpoint?.rawBody;
    settle(done, () => (raw ? body : parseJson(body as Buffer)));
  });
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'buffer' }, (request, body, done) => {
    const raw = request.routeOptions.config.endpoint?.rawBody;
    settle(done, () => (raw ? body : parseForm(body as Buffer)));
  });
  // Unread where it is refused.
  server.addContentTypeParser('*', async (request: FastifyRequest, body: Readable) => {
    if (takesAny(request)) return readBytes(body, request.routeOptions.bodyLimit);
    throw new UnsupportedMediaType(
      'Send the body as application/json, or as multipart/form-data where files are uploaded.',
      { headers: { Connection: 'close' } },
    );
  });
  // What a parser of its own leaves to the handler, such as a form with files, stays bytes too.
  server.addHook('preValidation', (request, _reply, done) => {
    if (!takesAny(request) || Buffer.isBuffer(request.body)) return done();
    readBytes(request.raw, request.routeOptions.bodyLimit).then((bytes) => {
      request.body = bytes;
      done();
    }, done);
  });
}

function takesAny(request: FastifyRequest): boolean {
  return request.routeOptions.config.endpoint?.rawBody === 'any';
}

/** @throws PayloadTooLarge at the first byte too many; the rest is not kept */
function readBytes(body: Readable, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    body.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= most) return void chunks.push(chunk);
      chunks.length = 0;
      body.removeAllListeners('data').resume();
      const headers = { Connection: 'close' };
      reject(new PayloadTooLarge('The body is larger than this endpoint accepts.', { headers }));
    });
    body.once('end', () => resolve(Buffer.concat(chunks)));
    body.once('error', reject);
  });
}

/**
 * @returns the value, or undefined for an empty body
 * @throws ValidationFailed saying where the JSON is broken, or which field cannot be stored
 */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  const text = utf8(body);
  let value: unknown;
  try {
    value = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalid([{ path: '/body', message: `is not valid JSON: ${explain(error)}` }]);
  }
  refuseHostile(value, '/body');
  return value;
}

/** @throws ValidationFailed naming the field that cannot be stored, or when there are more fields than any form has */
export function parseForm(body: Buffer): Record<string, string | string[]> {
  refuseEndless(body);
  const value: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const [name, text] of new URLSearchParams(utf8(body))) {
    const known = value[name];
    value[name] = known === undefined ? text : [known, text].flat();
  }
  refuseHostileText(value, '/body');
  return { ...value };
}

/** Half a million fields fit into a body, and reading them would keep everybody else waiting for minutes. */
function refuseEndless(body: Buffer): void {
  let at = -1;
  for (let fields = 1; (at = body.indexOf('&', at + 1)) >= 0; fields++)
    if (fields >= MAX_FORM_FIELDS)
      throw invalid([{ path: '/body', message: `holds more than ${MAX_FORM_FIELDS} fields` }]);
}

function utf8(body: Buffer): string {
  if (!isUtf8(body))
    throw new ValidationFailed('The body is not valid UTF-8.', {
      errors: [{ path: '/body', message: 'is not valid UTF-8' }],
    });
  return body.toString('utf8');
}

/** V8 quotes the text around the fault; the position says enough. */
function explain(error: SyntaxError): string {
  const position = /position (\d+)(?: \(line (\d+) column (\d+)\))?/.exec(error.message);
  if (position?.[2]) return `line ${position[2]}, column ${position[3]}`;
  return position ? `position ${position[1]}` : 'it ends too early';
}

function settle(done: (error: Error | null, value?: unknown) => void, parse: () => unknown): void {
  let value: unknown;
  try {
    value = parse();
  } catch (error) {
    done(error as Error);
    return;
  }
  done(null, value);
}
