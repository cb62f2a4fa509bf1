import { Inject, Injectable } from '@nestjs/common';
import { Secrets } from '#platform/crypto/index.js';
import { AddressRefused, HttpClient, OutboundFailed } from '#platform/http-client/index.js';
import { webhookHeaders } from '#platform/webhook-signature/index.js';
import { headersContext } from '../endpoints/endpoints.service.js';
import { EndpointSecrets } from '../secrets/endpoint-secrets.js';
import { WebhooksConfig } from '../webhooks.config.js';
import type { DueRow, ServedEndpoint } from './lane-store.js';
import { Echo } from './echo.js';
import { OwnerSight } from './owner-sight.js';
import { retryAfter } from './retries.js';

/** What came of one attempt. `dropped`: nobody was asked, and nobody will be; `withheld`: not now, as the owner may hear nothing. */
export interface Attempt {
  readonly outcome: 'delivered' | 'failed' | 'gone' | 'dropped' | 'withheld';
  /** What the endpoint was when it was sent to. */
  readonly endpointVersion: number;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly status: number | null;
  readonly headers: Record<string, string> | null;
  readonly body: string | null;
  readonly error: string | null;
  /** Seconds that the other side asked us to wait. */
  readonly asked: number | undefined;
}

/** Bytes of an answer that are kept. */
const KEPT_BYTES = 4_096;
const KEPT_HEADERS = ['content-type', 'content-length', 'retry-after', 'location', 'server', 'date', 'x-request-id'];
const HEADER_LENGTH = 500;

/** Makes one request of a delivery: signs it, sends it through the guarded client, and says what came of it. Never throws but when aborted. */
@Injectable()
export class Sender {
  constructor(
    private readonly http: HttpClient,
    private readonly secrets: EndpointSecrets,
    private readonly sealing: Secrets,
    private readonly sight: OwnerSight,
    @Inject(WebhooksConfig) private readonly config: WebhooksConfig,
  ) {}

  /** @throws AbortError when the process stops */
  async attempt(row: DueRow, endpoint: ServedEndpoint, signal: AbortSignal): Promise<Attempt> {
    const startedAt = new Date();
    const began = performance.now();
    const done = (more: Pick<Attempt, 'outcome'> & Partial<Attempt>): Attempt => {
      const durationMs = Math.round(performance.now() - began);
      const nothing = { status: null, headers: null, body: null, error: null, asked: undefined };
      return { endpointVersion: endpoint.version, startedAt, durationMs, ...nothing, ...more };
    };
    try {
      // Also here something may be wrong with one delivery alone, such as a type that is gone: that is a failure like others.
      if (!row.told) return done({ outcome: 'dropped', error: 'The event was erased or pruned before it was sent.' });
      if (!row.test && this.sight.deaf(endpoint)) return done({ outcome: 'withheld' });
      if (!row.test && !this.sight.sees(endpoint, row.type))
        return done({ outcome: 'dropped', error: 'The owner of the endpoint may not see the event any more.' });
      const own = this.own(endpoint);
      const answer = await this.post(row, endpoint, own, row.told.body, startedAt, signal);
      const { status, headers } = answer;
      const echo = new Echo(Object.values(own));
      const kept = Object.fromEntries(
        KEPT_HEADERS.filter((name) => headers[name] !== undefined).map((name) => [
          name,
          echo.hide(storable(headers[name]!)).slice(0, HEADER_LENGTH),
        ]),
      );
      const seen = { status, headers: kept, body: echo.hide(storable(answer.body.toString('utf8'))) };
      if (status >= 200 && status < 300) return done({ outcome: 'delivered', ...seen });
      if (status === 410) return done({ outcome: 'gone', ...seen, error: 'The address answered 410: it is gone.' });
      return done({
        outcome: 'failed',
        ...seen,
        error: `The address answered ${status}.`,
        asked: retryAfter(headers['retry-after']),
      });
    } catch (error) {
      if (signal.aborted) throw error;
      if (!(error instanceof OutboundFailed) && !(error instanceof AddressRefused))
        return done({ outcome: 'failed', error: `It could not be sent: ${(error as Error).message}` });
      return done({ outcome: 'failed', error: error.message });
    }
  }

  private own({ id, headers }: ServedEndpoint): Record<string, string> {
    if (headers === null) return {};
    return JSON.parse(this.sealing.open(headers, headersContext(id))) as Record<string, string>;
  }

  private post(
    row: DueRow,
    endpoint: ServedEndpoint,
    own: Record<string, string>,
    body: string,
    at: Date,
    signal: AbortSignal,
  ) {
    const message = { id: row.id, timestamp: Math.floor(at.getTime() / 1000), body };
    const headers = {
      ...own,
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'Signalbox-Webhooks/1',
      ...webhookHeaders(this.secrets.open(endpoint.secrets ?? []), message),
    };
    return this.http.send(endpoint.url, {
      method: 'POST',
      headers,
      body,
      maxBytes: KEPT_BYTES,
      cut: true,
      timeoutMs: this.config.timeoutMs,
      signal,
    });
  }
}

function storable(text: string): string {
  return text.replaceAll('\0', '');
}
