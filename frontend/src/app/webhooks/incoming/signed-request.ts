import type { Scheme } from './schemes';

/** What a test request carries. */
export interface SignedRequest {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/**
 * A request as the sender of a scheme would make it.
 * @param secret as it was shown
 * @see https://www.standardwebhooks.com
 * @see https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export async function signedRequest(scheme: Scheme, secret: string): Promise<SignedRequest> {
  const body = JSON.stringify({ test: true, from: 'Signalbox console' });
  const id = `test-${crypto.randomUUID()}`;
  const json = { 'content-type': 'application/json' };
  if (scheme === 'secret') return { body, headers: { ...json, 'x-webhook-secret': secret, 'webhook-id': id } };
  if (scheme === 'github') {
    const mac = await hmac(new TextEncoder().encode(secret), body);
    const hex = [...mac].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return {
      body,
      headers: { ...json, 'x-github-event': 'ping', 'x-github-delivery': id, 'x-hub-signature-256': `sha256=${hex}` },
    };
  }
  const at = String(Math.floor(Date.now() / 1000));
  const key = Uint8Array.from(atob(secret.slice('whsec_'.length)), (char) => char.charCodeAt(0));
  const mac = await hmac(key, `${id}.${at}.${body}`);
  const signature = `v1,${btoa(String.fromCharCode(...mac))}`;
  return {
    body,
    headers: { ...json, 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature },
  };
}

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, new TextEncoder().encode(text)));
}
