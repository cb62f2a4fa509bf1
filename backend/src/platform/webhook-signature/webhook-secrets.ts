import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

/** `whsec_`: a secret that both sides know. `whsk_`: an ed25519 key, whose public half the receiver knows. */
export type SecretKind = 'hmac' | 'ed25519';

/** A parsed secret, ready to sign with. */
export interface WebhookSecret {
  readonly kind: SecretKind;
  readonly key: KeyObject;
}

/** A text is no secret of webhooks; the message is a sentence for people and never repeats the text. */
export class WebhookSecretInvalid extends Error {
  override readonly name = 'WebhookSecretInvalid';
}

/** Bytes of an HMAC secret that Standard Webhooks permits. */
const SHORTEST = 24;
const LONGEST = 64;
const MADE = 32;
/** The DER of an ed25519 seed in PKCS #8 but for the seed itself (RFC 8410, section 7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED = 32;

/** A new random secret, as `whsec_` and base64 of 32 bytes. */
export function makeHmacSecret(): string {
  return `whsec_${randomBytes(MADE).toString('base64')}`;
}

/** A new ed25519 key, as `whsk_` and base64 of its seed and its public half (64 bytes). */
export function makeSigningKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-SEED);
  return `whsk_${Buffer.concat([seed, rawPublicKey(privateKey)]).toString('base64')}`;
}

/** What the receiver needs to verify: `whpk_` and base64 of the public half. @throws WebhookSecretInvalid for an HMAC secret */
export function publicKeyOf(secret: string): string {
  const parsed = parseSecret(secret);
  if (parsed.kind !== 'ed25519') throw new WebhookSecretInvalid('A secret that both sides know has no public half.');
  return `whpk_${rawPublicKey(parsed.key).toString('base64')}`;
}

/**
 * Reads `whsec_…` (24 to 64 bytes in base64) or `whsk_…` (an ed25519 seed, alone or followed by its public half).
 *
 * @throws WebhookSecretInvalid saying what is wrong
 */
export function parseSecret(secret: string): WebhookSecret {
  if (secret.startsWith('whsec_')) {
    const key = bytes(secret.slice('whsec_'.length));
    if (key.length < SHORTEST || key.length > LONGEST)
      throw new WebhookSecretInvalid(`A secret has ${SHORTEST} to ${LONGEST} bytes, in base64 after "whsec_".`);
    return { kind: 'hmac', key: createSecretKey(key) };
  }
  if (secret.startsWith('whsk_')) return { kind: 'ed25519', key: signingKey(bytes(secret.slice('whsk_'.length))) };
  throw new WebhookSecretInvalid('A secret begins with "whsec_", a signing key with "whsk_".');
}

function signingKey(raw: Buffer): KeyObject {
  if (raw.length !== SEED && raw.length !== 2 * SEED)
    throw new WebhookSecretInvalid('A signing key has 32 or 64 bytes, in base64 after "whsk_".');
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, raw.subarray(0, SEED)]), format: 'der', type: 'pkcs8' });
  if (raw.length > SEED && !rawPublicKey(key).equals(raw.subarray(SEED)))
    throw new WebhookSecretInvalid('The halves of this signing key do not belong together.');
  return key;
}

function rawPublicKey(key: KeyObject): Buffer {
  const der = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return der.subarray(-SEED);
}

function bytes(text: string): Buffer {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text))
    throw new WebhookSecretInvalid('The part after the prefix is not base64.');
  return Buffer.from(text, 'base64');
}
