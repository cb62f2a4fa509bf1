import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { InstanceConfig } from '#platform/config/index.js';
import { Signatures } from '#platform/crypto/index.js';
import { addressPrincipal, RateLimits } from '#platform/http/index.js';

/** A token of an address that only its holders know. */
export const capabilityToken = z
  .string()
  .max(300)
  .regex(/^[0-9a-f-]{36}(\.[\w-]{1,100}){2}$/, 'is no token of ours')
  .meta({ examples: ['01977c5e-8a3b-7c2d-9e4f-5a6b7c8d9e0f.k1.5Zq0c3Jv'] });

/** Addresses that nobody can guess: the id of a thing, signed by a key of the instance, so that nothing of them is kept. */
@Injectable()
export class CapabilityUrls {
  constructor(
    private readonly signatures: Signatures,
    private readonly limits: RateLimits,
    @Inject(InstanceConfig) private readonly instance: InstanceConfig,
  ) {}

  /** @param path such as `webhook-inboxes`; also what the token is for */
  url(path: string, id: string): string {
    return `${this.instance.origin}/api/v1/${path}/${id}.${this.signatures.sign(path, id)}`;
  }

  /**
   * The id that a token names, or undefined when we did not make it for this. A request counts for what it names, whatever
   * address it comes from: many senders share one. What names nothing counts for its address.
   *
   * @param perMinute requests that one thing takes
   * @throws TooManyRequests
   */
  admit(path: string, token: string, { ip, perMinute }: { ip: string; perMinute: number }): string | undefined {
    const id = this.read(path, token);
    if (id === undefined) this.limits.admit(this.limits.policies.anonymous, addressPrincipal(ip));
    else this.limits.admit({ name: path, limit: perMinute, windowSeconds: 60 }, id);
    return id;
  }

  /** The id that a token names, or undefined when we did not make it for this. */
  private read(path: string, token: string): string | undefined {
    const dot = token.indexOf('.');
    const id = token.slice(0, Math.max(dot, 0));
    return this.signatures.verify(path, id, token.slice(dot + 1)) ? id : undefined;
  }
}
