import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import {
  makeHmacSecret,
  makeSigningKey,
  parseSecret,
  publicKeyOf,
  signWebhook,
  webhookHeaders,
  WebhookSecretInvalid,
} from './index.js';

const body = '{"text":"Über 10 €"}';
const now = () => Math.floor(Date.now() / 1000);

function ed25519Verifies(whpk: string, signature: string, text: string): boolean {
  const raw = Buffer.from(whpk.slice('whpk_'.length), 'base64');
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  return verify(null, Buffer.from(text), key, Buffer.from(signature.slice('v1a,'.length), 'base64'));
}

describe('signatures of webhooks', () => {
  it('give the known answer of the published example', () => {
    const signature = signWebhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: 1_614_265_330,
      body: '{"test": 2432232314}',
    });
    expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('are verified by the library that is not ours, with either of two secrets', () => {
    const [older, newer] = [makeHmacSecret(), makeHmacSecret()];
    const headers = webhookHeaders([newer, older], { id: 'n1', timestamp: now(), body: Buffer.from(body) });
    for (const secret of [older, newer]) expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  });

  it('are refused by it for another body, id, time or secret', () => {
    const secret = makeHmacSecret();
    const headers = webhookHeaders([secret], { id: 'n1', timestamp: now(), body });
    const refused = (change: Record<string, string>, text = body, by = secret) =>
      expect(() => new Webhook(by).verify(text, { ...headers, ...change })).toThrow(WebhookVerificationError);
    refused({}, `${body} `);
    refused({ 'webhook-id': 'n2' });
    refused({ 'webhook-timestamp': String(now() - 10) });
    refused({}, body, makeHmacSecret());
  });

  it('of ed25519 verify with the public half only for what was signed', () => {
    const key = makeSigningKey();
    const signature = signWebhook(key, { id: 'n1', timestamp: 7, body });
    expect(signature).toMatch(/^v1a,/);
    expect(ed25519Verifies(publicKeyOf(key), signature, `n1.7.${body}`)).toBe(true);
    expect(ed25519Verifies(publicKeyOf(key), signature, `n2.7.${body}`)).toBe(false);
    expect(ed25519Verifies(publicKeyOf(makeSigningKey()), signature, `n1.7.${body}`)).toBe(false);
  });

  it('derive the public half that RFC 8032, section 7.1, gives for its first key', () => {
    const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
    const half = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex');
    expect(publicKeyOf(`whsk_${seed.toString('base64')}`)).toBe(`whpk_${half.toString('base64')}`);
    const both = Buffer.concat([seed, half]);
    expect(publicKeyOf(`whsk_${both.toString('base64')}`)).toBe(`whpk_${half.toString('base64')}`);
    both[40]! ^= 1;
    expect(() => parseSecret(`whsk_${both.toString('base64')}`)).toThrow(WebhookSecretInvalid);
  });

  it.each([
    ['', 'no prefix'],
    ['whsec_', 'nothing'],
    [`whsec_${Buffer.alloc(23).toString('base64')}`, 'too short'],
    [`whsec_${Buffer.alloc(65).toString('base64')}`, 'too long'],
    [`whsec_${'ü'.repeat(40)}`, 'no base64'],
    [`whsk_${Buffer.alloc(33).toString('base64')}`, 'another length'],
    [`whpk_${Buffer.alloc(32).toString('base64')}`, 'a public key'],
  ])('are refused of the secret %p (%s), without repeating it', (secret) => {
    const attempt = () => signWebhook(secret, { id: 'n1', timestamp: 1, body });
    expect(attempt).toThrow(WebhookSecretInvalid);
    if (secret.length > 10) expect(attempt).not.toThrow(secret.slice(6));
  });

  it('have no public half when both sides know the secret', () => {
    expect(() => publicKeyOf(makeHmacSecret())).toThrow(WebhookSecretInvalid);
  });

  it.each(['', 'a.b'])('are not made of the id %p, whose text could be another one', (id) => {
    expect(() => signWebhook(makeHmacSecret(), { id, timestamp: 1, body })).toThrow();
  });
});
