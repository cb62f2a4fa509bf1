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

/** All that IANA has given out for hosts; what lies outside, such as `::127.0.0.1`, is nobody's (RFC 4291, section 2.4). */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

/** Public by number, but answered by the machine's own cloud: Azure's platform address, with its credentials. */
const CLOUD_INSIDE = [ipaddr.parseCIDR('168.63.129.16/32')];

/**
 * Which addresses may be connected to: public unicast ones, and what the operator allows. IPv6 forms that carry an IPv4
 * address (compatible, 6to4, NAT64, Teredo, ISATAP) are refused, or judged by that address when it is mapped.
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
    if (this.allowed.some((allowed) => within(parsed, allowed))) return true;
    return parsed.range() === 'unicast' && !CLOUD_INSIDE.some((own) => within(parsed, own)) && isGlobal(parsed);
  }

  /** @throws AddressRefused when any of the addresses that a host stands for is not permitted */
  assert(host: string, addresses: readonly string[]): void {
    if (addresses.length === 0 || !addresses.every((address) => this.permits(address))) throw new AddressRefused(host);
  }
}

function within(address: ipaddr.IPv4 | ipaddr.IPv6, [base, bits]: Network): boolean {
  return base.kind() === address.kind() && address.match(base as never, bits);
}

/** False for IPv6 outside what is given out, and for ISATAP, whose last half is an IPv4 address (RFC 5214, section 6.1). */
function isGlobal(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (!(address instanceof ipaddr.IPv6)) return true;
  const [, , , , flags = 0, marker] = address.parts;
  return within(address, GLOBAL_IPV6) && !(marker === 0x5efe && (flags & ~0x0200) === 0);
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
