import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { KeyRing } from './key-ring.js';

const VERSION = 's1';
const NONCE = 12;
const TAG = 16;

/** A sealed text was altered, belongs to another context, or is not one of ours. */
export class SecretUnreadable extends Error {}

/**
 * Envelope encryption of small secrets: each gets a random data key, sealed by the master key (NIST SP 800-38D,
 * AES-256-GCM, 96-bit random nonces). The context, such as `source:<id>:password`, is authenticated, so that a sealed
 * text moved to another row does not open.
 */
@Injectable()
export class Secrets {
  constructor(private readonly ring: KeyRing) {}

  /** @returns `s1.<key id>.<sealed data key>.<sealed text>`, base64url parts */
  seal(plaintext: string, context: string): string {
    const master = this.ring.current();
    const dataKey = randomBytes(32);
    const parts = [encrypt(master.key, dataKey, context), encrypt(dataKey, Buffer.from(plaintext, 'utf8'), context)];
    return [VERSION, master.id, ...parts.map((p) => p.toString('base64url'))].join('.');
  }

  /**
   * @throws SecretUnreadable when the text was altered or sealed for another context
   * @throws KeyRingError when the master key is lost
   */
  open(sealed: string, context: string): string {
    const [version, keyId, wrapped, body] = sealed.split('.');
    if (version !== VERSION || !keyId || !wrapped || !body) throw new SecretUnreadable('This is not a sealed text.');
    const dataKey = decrypt(this.ring.get(keyId).key, Buffer.from(wrapped, 'base64url'), context);
    return decrypt(dataKey, Buffer.from(body, 'base64url'), context).toString('utf8');
  }

  /** True when the text was sealed by a key that is no longer the newest: seal it again when convenient. */
  stale(sealed: string): boolean {
    return sealed.split('.')[1] !== this.ring.current().id;
  }
}

function encrypt(key: Buffer, plaintext: Buffer, context: string): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context, 'utf8'));
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, sealed: Buffer, context: string): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE), { authTagLength: TAG })
      .setAAD(Buffer.from(context, 'utf8'))
      .setAuthTag(sealed.subarray(-TAG));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE, -TAG)), decipher.final()]);
  } catch (error) {
    throw new SecretUnreadable('A sealed text was altered or belongs elsewhere.', { cause: error });
  }
}
