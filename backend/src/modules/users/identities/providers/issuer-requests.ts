import { Injectable } from '@nestjs/common';
import type { CustomFetchOptions } from 'openid-client';
import { AddressRefused, HttpClient, OutboundFailed } from '#platform/http-client/index.js';
import { IssuerUnavailable } from '../identities.errors.js';
import type { SignInProvider } from './provider.js';

const MAX_BYTES = 1024 * 1024;

/** Requests to issuers, all through the client that reaches public addresses only. */
@Injectable()
export class IssuerRequests {
  constructor(private readonly http: HttpClient) {}

  /** `fetch` as openid-client calls it. */
  readonly fetch = async (url: string, { method, headers, body, signal }: CustomFetchOptions): Promise<Response> => {
    const answer = await this.http.send(url, {
      method: method === 'POST' ? 'POST' : 'GET',
      headers,
      ...(body === null || body === undefined ? {} : { body: textOf(body) }),
      ...(signal ? { signal } : {}),
      maxBytes: MAX_BYTES,
    });
    const bodiless = [204, 205, 304].includes(answer.status);
    return new Response(bodiless ? null : new Uint8Array(answer.body), {
      status: answer.status,
      headers: headersOf(answer.headers),
    });
  };

  /** Reads JSON with an access token. @throws IssuerUnavailable, or the fault of the connection */
  async read(provider: SignInProvider, url: string, accessToken: string): Promise<unknown> {
    const headers = { accept: 'application/json', authorization: `Bearer ${accessToken}` };
    const { status, body } = await this.http.send(url, { headers, maxBytes: MAX_BYTES });
    const parsed = status === 200 ? jsonOf(body) : undefined;
    if (parsed === undefined) throw new IssuerUnavailable(provider.name);
    return parsed;
  }
}

/** The sentence of a fault of the connection, however deep it is wrapped; undefined for what is none. */
export function connectionWords(error: unknown): string | undefined {
  for (let e = error, depth = 0; e instanceof Error && depth < 6; e = e.cause, depth++) {
    if (e instanceof OutboundFailed || e instanceof AddressRefused) return e.message;
    if (e.name === 'TimeoutError' || e.name === 'AbortError') return 'It did not answer in time.';
  }
  return undefined;
}

/** Without what described the bytes on the way: the body is decoded. */
function headersOf({ 'content-encoding': _e, 'content-length': _l, ...rest }: Record<string, string>): Headers {
  return new Headers(rest);
}

function textOf(body: NonNullable<CustomFetchOptions['body']>): string {
  if (typeof body === 'string' || body instanceof URLSearchParams) return body.toString();
  throw new TypeError('A request to an issuer has a body of text.');
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
