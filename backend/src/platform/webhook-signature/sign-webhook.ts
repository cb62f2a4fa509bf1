import { createHmac, sign } from 'node:crypto';
import { parseSecret, type WebhookSecret } from './webhook-secrets.js';

/** What is signed. */
export interface WebhookMessage {
  /** `webhook-id`: the same on every repeat, so that the receiver can tell. Without a dot. */
  readonly id: string;
  /** `webhook-timestamp`: of this attempt, in whole seconds since 1970. */
  readonly timestamp: number;
  /** The body exactly as it is sent. */
  readonly body: string | Buffer;
}

/**
 * One signature of Standard Webhooks over `id.timestamp.body`.
 *
 * @param secret `whsec_…` gives `v1,<HMAC-SHA-256>`, `whsk_…` gives `v1a,<ed25519>`, in base64. Who signs often parses it
 *   once: that takes four times as long as signing
 * @throws WebhookSecretInvalid when it is neither
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signWebhook(secret: string | WebhookSecret, { id, timestamp, body }: WebhookMessage): string {
  // A dot in the id would let two messages have one signed text.
  if (id.includes('.') || id === '') throw new Error('The id of a webhook may not be empty or contain a dot.');
  if (!Number.isSafeInteger(timestamp)) throw new Error('The timestamp of a webhook is in whole seconds.');
  const { kind, key } = typeof secret === 'string' ? parseSecret(secret) : secret;
  const begin = `${id}.${timestamp}.`;
  if (kind === 'hmac') return `v1,${createHmac('sha256', key).update(begin).update(body).digest('base64')}`;
  const text = Buffer.concat([Buffer.from(begin), Buffer.from(body)]);
  return `v1a,${sign(null, text, key).toString('base64')}`;
}

/** The three headers of a message, signed by each of several secrets (while one replaces another, both sign). */
export function webhookHeaders(
  secrets: readonly (string | WebhookSecret)[],
  message: WebhookMessage,
): Record<string, string> {
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestamp),
    'webhook-signature': secrets.map((secret) => signWebhook(secret, message)).join(' '),
  };
}
