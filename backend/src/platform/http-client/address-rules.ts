import ipaddr from 'ipaddr.js';

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** A host that must not be reached from here: it is, or resolves to, an address of our own network. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
  constructor(readonly host: string) {
    super(
      `"${host.slice(0, 200)}" leads to a private or reserved address, which this instance does not connect to. ` +
        'An operator can allow it with SIGNALBOX_OUTBOUND_ALLOW.',
    );
  }
}

/**
 * Which addresses may be connected to: public unicast ones, and what the operator allows. IPv6 forms that carry an IPv4
 * address (mapped, 6to4, NAT64, Teredo) are refused, or judged by that address when it is mapped.
 * Ranges: IANA special-purpose address registries, as ipaddr.js has them.
 */
export class AddressRules {
  private readonly allowed: Network[];

  /** @throws Error when an entry is neither an address nor a network in CIDR notation */
  constructor(allow: readonly string[]) {
    this.allowed = allow.map(network);
  }

  /** True when a connection to this address literal is permitted. */
  permits(address: string): boolean {
    const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
    if (!ipaddr.isValid(bare)) return false;
    const parsed = ipaddr.process(bare);
    if (this.allowed.some(([base, bits]) => base.kind() === parsed.kind() && parsed.match(base as never, bits)))
      return true;
    return parsed.range() === 'unicast';
  }

  /** @throws AddressRefused when any of the addresses that a host stands for is not permitted */
  assert(host: string, addresses: readonly string[]): void {
    if (addresses.length === 0 || !addresses.every((address) => this.permits(address))) throw new AddressRefused(host);
  }
}

function network(text: string): Network {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text);
    const address = ipaddr.process(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch (error) {
    throw new Error(`SIGNALBOX_OUTBOUND_ALLOW: "${text}" is neither an address nor a network such as 10.0.0.0/8.`, {
      cause: error,
    });
  }
}
