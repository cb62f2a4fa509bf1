import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { Agent, buildConnector } from 'undici';
import { AddressRefused, AddressRules } from './address-rules.js';
import { HttpClientConfig } from './http-client.config.js';

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** Asks for all addresses of a name, as `dns.lookup` does. */
export type Resolve = (
  host: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void;

/** Provides another `Resolve` than the machine's own, for specs with a name server of their own. */
export const RESOLVE = Symbol('RESOLVE');

/**
 * Connections to hosts that people name. The check sits where the connection is made: the addresses that were checked are
 * the ones connected to, so a name that resolves differently a moment later gains nothing.
 */
@Injectable()
export class GuardedConnections {
  readonly rules: AddressRules;

  constructor(
    @Inject(HttpClientConfig) config: HttpClientConfig,
    @Optional() @Inject(RESOLVE) private readonly resolve: Resolve = dnsLookup,
  ) {
    this.rules = new AddressRules(config.allow);
  }

  /** For the `lookup` option of `net.connect` and `tls.connect`. Literals do not pass through it: see `assertLiteral`. */
  readonly lookup = (host: string, options: LookupOptions, done: LookupCallback): void => {
    this.resolve(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '');
      const [first] = found;
      // One private address among public ones is enough: which of them is tried is not ours to choose.
      if (!first || !found.every(({ address }) => this.rules.permits(address)))
        return done(new AddressRefused(host), '');
      if (options.all) return done(null, found);
      return done(null, first.address, first.family);
    });
  };

  /** Looks a host up. @returns the refusal when it may not be connected to, undefined when it may or cannot be found */
  looksUp(host: string): Promise<AddressRefused | undefined> {
    return new Promise((resolve) =>
      this.lookup(host.replace(/^\[|\]$/g, ''), {}, (error) =>
        resolve(error instanceof AddressRefused ? error : undefined),
      ),
    );
  }

  /** Checks a host that is written as an address. @throws AddressRefused */
  assertLiteral(host: string): void {
    const bare = host.replace(/^\[|\]$/g, '');
    if (isIP(bare)) this.rules.assert(host, [bare]);
  }

  /** An HTTP dispatcher whose every connection is checked. */
  agent(options: { connectTimeoutMs: number; maxResponseBytes: number }): Agent {
    // The declarations of the connector know no `lookup`, though it hands its options on to net.connect and tls.connect.
    const settings = { timeout: options.connectTimeoutMs, lookup: this.lookup } as buildConnector.BuildOptions;
    const connect = buildConnector(settings);
    return new Agent({
      maxResponseSize: options.maxResponseBytes,
      keepAliveTimeout: 1_000,
      connect: (target, done) => {
        try {
          this.assertLiteral(target.hostname);
        } catch (error) {
          done(error as Error, null);
          return;
        }
        connect(target, done);
      },
    });
  }
}
