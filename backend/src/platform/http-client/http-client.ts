import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Agent } from 'undici';
import { AddressRefused } from './address-rules.js';
import { Exchange, TooMuch } from './exchange.js';
import { GuardedConnections } from './guarded-connections.js';
import { HttpClientConfig } from './http-client.config.js';
import { BAD_PORTS } from './bad-ports.js';

const MAX_BYTES = 10 * 1024 * 1024;
const CHECK_MS = 2_000;
const decoders = { gzip: promisify(gunzip), deflate: promisify(inflate), br: promisify(brotliDecompress) } as const;

/** One request. Sizes are bytes, times milliseconds. */
export interface OutboundRequest {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** The largest answer, before and after decompression; 10 MB when absent, which is also the most. */
  maxBytes?: number;
  /** Keep the first `maxBytes` of a larger answer, as they came, and break the rest off, instead of refusing it whole. */
  cut?: boolean;
  /** For the whole of it, redirects included; the setting when absent. */
  timeoutMs?: number;
  /** How many redirects are followed, each checked like the first address; none when absent. */
  redirects?: number;
  signal?: AbortSignal;
}

/** The answer, read whole. */
export interface OutboundAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** Where it came from in the end. */
  url: string;
  /** True when there was more than was kept. */
  cut?: true;
}

/** The request failed before there was an answer; the message is a sentence for people. */
export class OutboundFailed extends Error {
  override readonly name = 'OutboundFailed';
}

/** HTTP to hosts that people name: public addresses only, bounded in size and time, redirects only by permission. */
@Injectable()
export class HttpClient implements OnApplicationShutdown {
  private readonly agent: Agent;

  constructor(
    private readonly connections: GuardedConnections,
    @Inject(HttpClientConfig) private readonly config: HttpClientConfig,
  ) {
    this.agent = connections.agent({ connectTimeoutMs: config.timeoutMs, maxResponseBytes: MAX_BYTES });
  }

  /**
   * Sends one request and reads the answer.
   *
   * @throws AddressRefused when the host leads into a private network
   * @throws OutboundFailed in plain words: no such host, refused, timed out, too large, too many redirects
   */
  async send(address: string, options: OutboundRequest = {}): Promise<OutboundAnswer> {
    const until = performance.now() + (options.timeoutMs ?? this.config.timeoutMs);
    let url = parse(address);
    let headers = lowerCased(options.headers ?? {});
    for (let left = options.redirects ?? 0; ; left--) {
      const answer = await this.once(url, headers, options, until);
      const location = redirectOf(answer);
      if (!location || options.redirects === undefined) return answer;
      if (left <= 0) throw new OutboundFailed('The address redirects too often.');
      const next = parse(new URL(location, url).toString());
      if (url.protocol === 'https:' && next.protocol === 'http:')
        throw new OutboundFailed('The address redirects from https to http, which is not followed.');
      if (next.origin !== url.origin) headers = withoutCredentials(headers);
      url = next;
    }
  }

  /**
   * Looks at an address that somebody wants to keep, by the same rules. A name that cannot be looked up now is let through:
   * each connection is checked anyway.
   *
   * @throws AddressRefused, OutboundFailed
   */
  async check(address: string): Promise<void> {
    const { hostname } = parse(address);
    this.connections.assertLiteral(hostname);
    const late = sleep(CHECK_MS, undefined, { ref: false });
    const found = await Promise.race([this.connections.looksUp(hostname), late]);
    if (found instanceof AddressRefused) throw found;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  private async once(
    url: URL,
    given: Record<string, string>,
    { method = 'GET', body, maxBytes = MAX_BYTES, cut = false, signal }: OutboundRequest,
    until: number,
  ): Promise<OutboundAnswer> {
    const limit = Math.min(maxBytes, MAX_BYTES);
    signal?.throwIfAborted();
    const headers = { 'user-agent': 'Signalbox', 'accept-encoding': 'gzip, deflate, br', ...given };
    const exchange = new Exchange(this.agent, { url, method, headers, body, limit, cut });
    const late = setTimeout(
      () => exchange.stop(new OutboundFailed('The host did not answer in time.')),
      Math.max(0, until - performance.now()),
    );
    const aborted = () => exchange.stop(signal!.reason as Error);
    signal?.addEventListener('abort', aborted);
    try {
      const answer = await exchange.answered;
      const kept = cut ? answer.body : await decode(answer.body, answer.headers['content-encoding'], limit);
      return { ...answer, body: kept, url: url.href };
    } catch (error) {
      if (error instanceof TooMuch) throw tooLarge(limit);
      throw inPlainWords(error, url);
    } finally {
      clearTimeout(late);
      signal?.removeEventListener('abort', aborted);
    }
  }
}

function parse(address: string): URL {
  if (!URL.canParse(address)) throw new OutboundFailed(`"${address.slice(0, 200)}" is not an address.`);
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new OutboundFailed('Only http:// and https:// addresses are fetched.');
  if (BAD_PORTS.has(Number(url.port)) && url.port !== '')
    throw new OutboundFailed(`Port ${url.port} belongs to another protocol than HTTP and is not asked.`);
  if (url.username || url.password) throw new OutboundFailed('The address must not contain a user name or password.');
  return url;
}

async function decode(raw: Buffer, encoding: string | undefined, limit: number): Promise<Buffer> {
  const name = encoding?.trim().toLowerCase().replace('x-gzip', 'gzip') ?? '';
  if (raw.length === 0 || name === '' || name === 'identity') return raw;
  const decoder = Object.hasOwn(decoders, name) ? decoders[name as keyof typeof decoders] : undefined;
  if (!decoder) throw new OutboundFailed(`The answer is compressed in an unknown way ("${name.slice(0, 40)}").`);
  try {
    return await decoder(raw, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit);
    throw new OutboundFailed('The answer is compressed and damaged.', { cause: error });
  }
}

function tooLarge(limit: number): OutboundFailed {
  return new OutboundFailed(`The answer is larger than ${Math.floor(limit / 1024)} kB.`);
}

function redirectOf(answer: OutboundAnswer): string | undefined {
  return [301, 302, 303, 307, 308].includes(answer.status) ? answer.headers['location'] : undefined;
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function withoutCredentials({
  authorization: _a,
  cookie: _c,
  ...rest
}: Record<string, string>): Record<string, string> {
  return rest;
}

const WORDS: Record<string, string> = {
  ENOTFOUND: 'There is no host of that name.',
  EAI_AGAIN: 'The name of the host could not be looked up just now.',
  ECONNREFUSED: 'The host refuses the connection.',
  ECONNRESET: 'The host broke the connection off.',
  EHOSTUNREACH: 'The host cannot be reached.',
  ENETUNREACH: 'The network of the host cannot be reached.',
  UND_ERR_CONNECT_TIMEOUT: 'The host did not answer in time.',
  UND_ERR_HEADERS_TIMEOUT: 'The host did not answer in time.',
  UND_ERR_BODY_TIMEOUT: 'The host stopped in the middle of its answer.',
  UND_ERR_SOCKET: 'The host broke the connection off.',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'The answer is too large.',
  CERT_HAS_EXPIRED: "The host's certificate has expired.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "The host's certificate is self-signed.",
  SELF_SIGNED_CERT_IN_CHAIN: "The host's certificate is self-signed.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The host's certificate is for another name.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "The host's certificate cannot be verified.",
};

/** A connection fault as a sentence, for network errors of any client; undefined for what is none. */
export function connectionFault(error: unknown): string | undefined {
  for (let e = error as NodeJS.ErrnoException | undefined, depth = 0; e && depth < 5; depth++) {
    if (e instanceof AddressRefused) return e.message;
    const inner = e instanceof AggregateError ? (e.errors[0] as NodeJS.ErrnoException) : undefined;
    const words = WORDS[e.code ?? ''] ?? WORDS[inner?.code ?? ''];
    if (words) return words;
    e = e.cause as NodeJS.ErrnoException | undefined;
  }
  return undefined;
}

function inPlainWords(error: unknown, url: URL): Error {
  if (error instanceof AddressRefused || error instanceof OutboundFailed) return error;
  const { name, message, cause } = error as Error;
  if (cause instanceof AddressRefused) return cause;
  if (name === 'TimeoutError') return new OutboundFailed('The host did not answer in time.', { cause: error });
  if (name === 'AbortError') return error as Error;
  return new OutboundFailed(connectionFault(error) ?? `${url.host} could not be reached: ${message}`, { cause: error });
}
