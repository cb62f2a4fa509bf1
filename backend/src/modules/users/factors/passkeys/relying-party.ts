import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { InstanceConfig, InvalidSettings } from '#platform/config/index.js';
import { HttpConfig } from '#platform/http/index.js';
import { FactorsConfig } from '../factors.config.js';
import { PasskeysUnavailable } from '../factors.errors.js';

/**
 * What browsers know this instance by: the domain that passkeys belong to (WebAuthn's RP ID) and the origins whose pages may
 * ask for them.
 */
@Injectable()
export class RelyingParty {
  readonly origins: string[];
  private readonly domain: string | null;

  /** @throws InvalidSettings when the domain that is set is not one of the public address */
  constructor(instance: InstanceConfig, http: HttpConfig, factors: FactorsConfig) {
    const { protocol, hostname, origin } = new URL(instance.origin);
    const wanted = factors.passkeyDomain ?? hostname;
    if (!within(hostname, wanted))
      throw new InvalidSettings([
        `SIGNALBOX_PASSKEY_DOMAIN: must be ${hostname}, the host of SIGNALBOX_PUBLIC_URL, or a parent of it`,
      ]);
    const usable = protocol === 'https:' ? isIP(hostname.replace(/[[\]]/g, '')) === 0 : hostname === 'localhost';
    this.domain = usable ? wanted : null;
    this.origins = [origin, ...http.corsOrigins].filter((o) => within(new URL(o).hostname, wanted));
  }

  /** The domain. @throws PasskeysUnavailable where browsers would refuse it: an address of numbers, or plain http */
  get id(): string {
    if (this.domain === null) throw new PasskeysUnavailable();
    return this.domain;
  }

  /** Whether passkeys can work here at all. */
  get usable(): boolean {
    return this.domain !== null;
  }
}

function within(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}
