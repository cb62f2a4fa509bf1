import type { IncomingMessage } from 'node:http';

const LOOPBACK = /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/;
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;
/** What proxies, load balancers and content networks add to what they pass on. */
const OF_PROXIES = /^(?:forwarded|via|x-forwarded-.*|x-real-ip|x-client-ip|x-original-.*|true-client-ip|cf-.*)$/;

/**
 * True when a program on this machine asks for itself. That its connection comes from here is not enough, since all that a
 * reverse proxy on this machine passes on does so: it must name this machine as the host, and carry nothing that proxies add.
 * Nor may it be HTTP/1.0, which nginx speaks to its backends until it is told otherwise, with their address as the host.
 *
 * A proxy that is set up to hide all of this cannot be told from a local program: what must be safe from that needs a token.
 */
export function asksForItself({ socket, headers, httpVersion }: IncomingMessage): boolean {
  return (
    LOOPBACK.test(socket.remoteAddress ?? '') &&
    LOOPBACK_HOST.test(headers.host ?? '') &&
    httpVersion !== '1.0' &&
    !Object.keys(headers).some((name) => OF_PROXIES.test(name))
  );
}
