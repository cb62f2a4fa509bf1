import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** The first 96 bits of an IPv6 address that carries an IPv4 one (::ffff:0:0/96, RFC 4291, 2.5.5.2). */
const MAPPED_BITS = 96;

/**
 * The one way in which an address, or a network in CIDR notation, is written: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`
 * (RFC 5952). Bits of the host are dropped, and IPv4 in the clothes of IPv6 becomes IPv4.
 *
 * @returns null when it is neither; octal, shortened and hexadecimal forms of IPv4 are not taken, nor are zones
 */
export function normalAddress(text: string): string | null {
  const [, host = '', length] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  let address = read(host);
  if (!address) return null;
  let bits = length === undefined ? widthOf(address) : Number(length);
  if (bits > widthOf(address)) return null;
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= MAPPED_BITS) {
    address = address.toIPv4Address();
    bits -= MAPPED_BITS;
  }
  if (bits === widthOf(address)) return address.toString();
  const family = address instanceof ipaddr.IPv4 ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${family.networkAddressFromCIDR(`${address.toString()}/${bits}`).toString()}/${bits}`;
}

/** Where a key may be used from. An empty list means everywhere. */
export class AllowedAddresses {
  private readonly networks: [Address, number][];

  /** @param entries as `normalAddress` writes them */
  constructor(entries: readonly string[]) {
    this.networks = entries.map((entry) => {
      if (entry.includes('/')) return ipaddr.parseCIDR(entry);
      const address = ipaddr.parse(entry);
      return [address, widthOf(address)];
    });
  }

  /** Whether a client's address is among them; IPv4 that arrives as IPv6 counts as IPv4. */
  permit(address: string): boolean {
    if (this.networks.length === 0) return true;
    const client = read(address.replace(/%.*$/, ''));
    if (!client) return false;
    const from = client instanceof ipaddr.IPv6 && client.isIPv4MappedAddress() ? client.toIPv4Address() : client;
    return this.networks.some(([base, bits]) => base.kind() === from.kind() && from.match(base as never, bits));
  }
}

/** An address in one of its usual forms. `::192.0.2.7` (RFC 4291, 2.5.5.1: deprecated) would be taken for IPv4 by the library. */
function read(text: string): Address | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return ipaddr.IPv6.isValid(text) && !/^::\d+\./.test(text) ? ipaddr.IPv6.parse(text) : null;
}

function widthOf(address: Address): number {
  return address.kind() === 'ipv4' ? 32 : 128;
}
