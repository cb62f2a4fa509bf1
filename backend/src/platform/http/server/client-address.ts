import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Names that settings may have for networks, as Fastify's `trustProxy` knows them. */
const NAMED: Record<string, string[]> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/**
 * Tells a client's address as Fastify's `request.ip` does, for what never becomes a request of Fastify's: the last address
 * in the way of a request that is no trusted proxy's.
 *
 * @param trusted the setting `SIGNALBOX_TRUST_PROXY`
 */
export function clientAddress(trusted: readonly string[]): (request: IncomingMessage) => string {
  const networks = trusted.flatMap((entry) => NAMED[entry] ?? [entry]).map(network);
  return ({ socket, headers }) => {
    const said = networks.length > 0 ? String(headers['x-forwarded-for'] ?? '').split(',') : [];
    let client = socket.remoteAddress ?? '';
    for (const next of said.map((part) => part.trim()).reverse()) {
      if (next === '' || !within(client, networks)) break;
      client = next;
    }
    return client;
  };
}

function network(entry: string): Network {
  if (entry.includes('/')) return ipaddr.parseCIDR(entry);
  const address = ipaddr.parse(entry);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

function within(text: string, networks: readonly Network[]): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  return networks.some(([base, bits]) => base.kind() === address.kind() && address.match(base as never, bits));
}
