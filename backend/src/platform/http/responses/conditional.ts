import type { FastifyReply, FastifyRequest } from 'fastify';
import { etagOf, etag, matches } from '../etag.js';

/** Sets the ETag from the answer's `version` while it is still an object. */
export function tagVersion(reply: FastifyReply, answer: unknown): void {
  if (typeof answer !== 'object' || answer === null || !('version' in answer) || reply.hasHeader('ETag')) return;
  const { version } = answer;
  if (typeof version === 'number' || typeof version === 'string') reply.header('ETag', etag(version));
}

/**
 * Sets the ETag from the bytes of an answer that has none yet, and empties it when the caller has those already (304).
 *
 * @returns what to send
 */
export function conditional(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  if (reply.statusCode !== 200) return payload;
  if (!reply.hasHeader('ETag') && (typeof payload === 'string' || Buffer.isBuffer(payload)))
    reply.header('ETag', etagOf(payload));
  const known = request.headers['if-none-match'];
  const tag = reply.getHeader('ETag');
  if (known === undefined || typeof tag !== 'string' || !matches(known, tag)) return payload;
  reply.code(304).removeHeader('Content-Type');
  return '';
}
