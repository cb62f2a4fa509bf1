import { createHash } from 'node:crypto';
import { PreconditionFailed } from '#platform/errors/index.js';

/** A weak entity tag (RFC 9110, 8.8.3) of a version number or of a text that changes with the thing. */
export function etag(version: number | string): string {
  return `W/"${String(version).replace(/[^\x21\x23-\x7e]/g, '')}"`;
}

/** A weak entity tag of the bytes of an answer. */
export function etagOf(bytes: string | Buffer): string {
  return `W/"${createHash('sha1').update(bytes).digest('base64url')}"`;
}

/** The opaque parts of a list of entity tags, or `*`. */
function tags(header: string): string[] {
  return [...header.matchAll(/(?:W\/)?"([\x21\x23-\x7e]*)"|\*/g)].map((m) => m[1] ?? '*');
}

/** True when a conditional header names the tag. Weakness is ignored: our tags name a state, not bytes. */
export function matches(header: string, tag: string): boolean {
  const own = tags(tag)[0];
  return tags(header).some((t) => t === '*' || t === own);
}

/**
 * Refuses a change by somebody who saw an older state. Without the header the change goes on.
 *
 * @param ifMatch the `If-Match` header
 * @param current the thing's version, as `etag` would take it
 * @throws PreconditionFailed
 */
export function expectVersion(ifMatch: string | undefined, current: number | string): void {
  if (ifMatch === undefined || matches(ifMatch, etag(current))) return;
  throw new PreconditionFailed(
    'This was changed by somebody else since you read it: read it again and repeat your change.',
    {
      headers: { ETag: etag(current) },
    },
  );
}
