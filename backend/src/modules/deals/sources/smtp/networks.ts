import { BlockList, isIP } from 'node:net';

interface Network {
  address: string;
  bits: number;
  family: 'ipv4' | 'ipv6';
}

/** Whether a text is an address, or a network in CIDR notation. */
export function isNetwork(text: string): boolean {
  return read(text) !== undefined;
}

/** Addresses and networks to look a client's address up in. What is neither is left out. */
export class Networks {
  private readonly networks = new BlockList();

  constructor(entries: readonly string[]) {
    for (const { address, bits, family } of entries.map(read).filter((entry) => entry !== undefined))
      this.networks.addSubnet(address, bits, family);
  }

  /** @param address as a socket tells it; IPv4 within IPv6 counts as IPv4 */
  hold(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.networks.check(address, family === 4 ? 'ipv4' : 'ipv6');
  }
}

function read(text: string): Network | undefined {
  const [, address = '', length] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return undefined;
  const [width, family] = version === 4 ? ([32, 'ipv4'] as const) : ([128, 'ipv6'] as const);
  const bits = length === undefined ? width : Number(length);
  return bits <= width ? { address, bits, family } : undefined;
}
