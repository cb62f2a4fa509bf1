import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { KeyRing } from './key-ring.js';

/** Keys and message authentication codes for purposes such as `cursor` or `unsubscribe`, derived from the master keys. */
@Injectable()
export class Signatures {
  private readonly derived = new Map<string, Buffer>();

  constructor(private readonly ring: KeyRing) {}

  /** A 32-byte key of one purpose (HKDF-SHA-256, RFC 5869) from the named master key, or from the newest. */
  key(purpose: string, keyId = this.ring.current().id): Buffer {
    const name = `${keyId}/${purpose}`;
    let key = this.derived.get(name);
    if (!key) {
      key = Buffer.from(hkdfSync('sha256', this.ring.get(keyId).key, 'signalbox', purpose, 32));
      this.derived.set(name, key);
    }
    return key;
  }

  /** The id of the master key in use, for a token's `kid`. */
  keyId(): string {
    return this.ring.current().id;
  }

  /** @returns `<key id>.<HMAC-SHA-256>`, to be kept or sent beside the text */
  sign(purpose: string, text: string): string {
    const id = this.keyId();
    return `${id}.${mac(this.key(purpose, id), text).toString('base64url')}`;
  }

  /** True when the signature was made by `sign` for this purpose and text, under any key of the ring. */
  verify(purpose: string, text: string, signature: string): boolean {
    const [id, given] = signature.split('.');
    if (!id || !given || !this.ring.has(id)) return false;
    const wanted = mac(this.key(purpose, id), text);
    const got = Buffer.from(given, 'base64url');
    return got.length === wanted.length && timingSafeEqual(got, wanted);
  }
}

function mac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
