import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { signWebhook } from '#platform/webhook-signature/index.js';
import { IncomingRefused } from './incoming.errors.js';

/** How the other side proves that it may send: Standard Webhooks, GitHub's signature, or the secret itself in a header. */
export type Scheme = 'standard' | 'github' | 'secret';

/** What was proven, and by what a repeat is told. */
export interface Proven {
  readonly deliveryId: string;
  /** What the sender calls the event, where it says so. */
  readonly kind: string | null;
  /** A second thing to tell a repeat by, where the signature does not cover the id: the signature itself. */
  readonly seal: string | null;
}

/** A signature older or newer than this many seconds is not believed (Standard Webhooks). */
const TOLERANCE = 300;
const LONGEST_ID = 200;
const MOST_SIGNATURES = 10;

/**
 * Checks that a request was made by somebody who knows a secret.
 *
 * @param secrets those that count now, the newest first: an earlier one overlaps for a while
 * @throws IncomingRefused in one sentence, which never repeats what was sent
 */
export function verify(
  scheme: Scheme,
  secrets: readonly string[],
  headers: IncomingHttpHeaders,
  body: Buffer,
  now = Date.now(),
): Proven {
  if (scheme === 'standard') return standard(secrets, headers, body, now);
  if (scheme === 'github') return github(secrets, headers, body);
  return bearer(secrets, headers);
}

function standard(secrets: readonly string[], headers: IncomingHttpHeaders, body: Buffer, now: number): Proven {
  const [id, stamp, given] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => one(headers, name));
  if (!id || !stamp || !given)
    throw new IncomingRefused('The webhook has no webhook-id, webhook-timestamp or webhook-signature.');
  const timestamp = Number(stamp);
  if (!/^\d{1,12}$/.test(stamp) || Math.abs(now / 1000 - timestamp) > TOLERANCE)
    throw new IncomingRefused('The webhook was signed more than five minutes ago, or ahead of time.');
  if (id.includes('.')) throw new IncomingRefused('The webhook-id contains a dot.');
  const wanted = secrets.map((secret) => signWebhook(secret, { id, timestamp, body }));
  const signatures = given.split(' ').slice(0, MOST_SIGNATURES);
  if (!signatures.some((signature) => wanted.some((one) => same(signature, one))))
    throw new IncomingRefused(
      'The signature does not fit: check the secret, and that the body is signed as it is sent.',
    );
  return { deliveryId: bounded(id), kind: null, seal: null };
}

/** @see https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
function github(secrets: readonly string[], headers: IncomingHttpHeaders, body: Buffer): Proven {
  const given = one(headers, 'x-hub-signature-256');
  const id = one(headers, 'x-github-delivery');
  if (!given || !id) throw new IncomingRefused('The webhook has no X-Hub-Signature-256 or X-GitHub-Delivery.');
  const digests = secrets.map((secret) => createHmac('sha256', secret).update(body).digest('hex'));
  const digest = digests.find((one) => same(given, `sha256=${one}`));
  if (digest === undefined) throw new IncomingRefused('The signature does not fit: check the secret.');
  const kind = one(headers, 'x-github-event')?.slice(0, LONGEST_ID) ?? null;
  return { deliveryId: bounded(id), kind, seal: `sig:${digest}` };
}

function bearer(secrets: readonly string[], headers: IncomingHttpHeaders): Proven {
  const given = one(headers, 'x-webhook-secret') ?? /^Bearer (.+)$/i.exec(one(headers, 'authorization') ?? '')?.[1];
  if (!given || !secrets.some((secret) => same(given, secret)))
    throw new IncomingRefused('The secret in X-Webhook-Secret is missing or wrong.');
  const id = one(headers, 'webhook-id') ?? one(headers, 'idempotency-key');
  if (!id) throw new IncomingRefused('Name the delivery in the header webhook-id, so that a repeat can be told.');
  return { deliveryId: bounded(id), kind: null, seal: null };
}

function one(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** In constant time, whatever the lengths. */
function same(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

/** An id that is kept; a longer one by its digest. */
function bounded(id: string): string {
  return id.length <= LONGEST_ID ? id : createHash('sha256').update(id).digest('hex');
}
