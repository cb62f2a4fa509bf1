import { Injectable } from '@nestjs/common';
import { affected, query, Transactions } from '#platform/database/index.js';
import { HttpClient, OutboundFailed, type OutboundAnswer } from '#platform/http-client/index.js';
import { QuotaExceeded } from '#platform/quotas/index.js';
import { composeMail } from '../../messages/compose-mail.js';
import { MessageIntake } from '../../messages/message-intake.js';
import { SourceHealth } from '../source-health.js';
import type { HeldSource } from '../source-leases.js';
import type { FeedSettings } from '../source-settings.js';
import { NotAFeed, parseFeed, type Feed, type FeedItem } from './parse-feed.js';

const MAX_FEED_BYTES = 5 * 1024 * 1024;
const REDIRECTS = 5;

/** The feed's server refuses or asks for patience. */
export class FeedRefused extends Error {
  override readonly name = 'FeedRefused';
  constructor(
    message: string,
    readonly retryAfterSeconds = 0,
  ) {
    super(message);
  }
}

/** Reads feeds: only when they changed, every item a message of its own. */
@Injectable()
export class FeedReader {
  constructor(
    private readonly http: HttpClient,
    private readonly intake: MessageIntake,
    private readonly health: SourceHealth,
    private readonly transactions: Transactions,
  ) {}

  /** Reads the feed once and takes in what is new. @throws FeedRefused, NotAFeed, OutboundFailed, AddressRefused */
  async poll(source: HeldSource, signal: AbortSignal): Promise<void> {
    const { url, intervalMinutes } = source.settings as FeedSettings;
    const known = await this.validators(source.id);
    const answer = await this.fetch(url, known, signal);
    if (answer.status !== 304) {
      const feed = parseFeed(answer.body, charsetOf(answer));
      // The oldest first, as a mailbox would have it.
      for (const item of feed.items.reverse()) {
        if (signal.aborted) return;
        await this.intake.accept(source, messageOf(feed, item));
      }
      await this.keepValidators(source, answer);
    }
    const { generation } = source;
    await this.health.succeeded(source.id, { inSeconds: intervalMinutes * 60, generation });
  }

  /** Reads the feed without keeping anything. @throws as `poll` does */
  async look(url: string): Promise<Feed> {
    const answer = await this.fetch(url, {}, AbortSignal.timeout(60_000));
    return parseFeed(answer.body, charsetOf(answer));
  }

  private async fetch(
    url: string,
    known: { etag?: string | null; last_modified?: string | null },
    signal: AbortSignal,
  ): Promise<OutboundAnswer> {
    const headers: Record<string, string> = {
      accept: 'application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5',
    };
    if (known.etag) headers['if-none-match'] = known.etag;
    if (known.last_modified) headers['if-modified-since'] = known.last_modified;
    const answer = await this.http.send(url, { headers, maxBytes: MAX_FEED_BYTES, redirects: REDIRECTS, signal });
    if (answer.status === 200 || (answer.status === 304 && (known.etag || known.last_modified))) return answer;
    throw new FeedRefused(wordsOf(answer.status), retryAfter(answer.headers['retry-after']));
  }

  private async validators(sourceId: string): Promise<{ etag?: string | null; last_modified?: string | null }> {
    const text = 'select etag, last_modified from source_state where source_id = $1';
    return (await query(this.transactions.reader(), text, [sourceId]))[0] ?? {};
  }

  /** Unless the settings have changed: they would keep the items of another feed from being asked for. */
  private async keepValidators({ id, generation }: HeldSource, { headers }: OutboundAnswer): Promise<void> {
    const text = 'update source_state set etag = $3, last_modified = $4 where source_id = $1 and generation = $2';
    const [etag, modified] = [headers['etag']?.slice(0, 500), headers['last-modified']?.slice(0, 100)];
    const values = [id, generation, etag ?? null, modified ?? null];
    await this.transactions.run((em) => affected(em, text, values));
  }
}

/** A feed's failure as a sentence for people, and how long its server wants to be left alone. */
export function feedWords(error: unknown): { sentence: string; seconds: number } {
  if (error instanceof FeedRefused) return { sentence: error.message, seconds: error.retryAfterSeconds };
  const spoken =
    [NotAFeed, OutboundFailed, QuotaExceeded].some((kind) => error instanceof kind) ||
    (error as Error).name === 'AddressRefused';
  return {
    sentence: spoken ? (error as Error).message : `The feed could not be read: ${(error as Error).message}`,
    seconds: 0,
  };
}

/** Identity is the item's id and what it says: an edited item is a new message, a repeated one is not. */
function messageOf(feed: Feed, item: FeedItem): Buffer {
  const link =
    item.link && /^https?:\/\//i.test(item.link)
      ? `<p><a href="${escaped(item.link)}">${escaped(item.link)}</a></p>`
      : '';
  return composeMail({
    subject: item.title,
    from: feed.title || 'Feed',
    date: item.publishedAt ?? new Date(),
    identity: JSON.stringify([item.id, item.title, item.link, item.html]),
    body: `<!doctype html><title>${escaped(item.title)}</title>\n${item.html}\n${link}`,
    kind: 'html',
  });
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

function charsetOf({ headers }: OutboundAnswer): string | undefined {
  return /charset\s*=\s*"?([\w.:-]+)/i.exec(headers['content-type'] ?? '')?.[1];
}

/** Seconds, at most a day; dates of the header (RFC 9110, 10.2.3) count from now. */
function retryAfter(header: string | undefined): number {
  if (!header) return 0;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 86_400) : 0;
}

function wordsOf(status: number): string {
  if (status === 401 || status === 403) return `The feed's server does not let us read it (status ${status}).`;
  if (status === 404) return 'There is no feed at this address (status 404).';
  if (status === 410) return 'The feed is gone for good (status 410).';
  if (status === 429) return "The feed's server wants to be asked less often (status 429).";
  if (status >= 500) return `The feed's server has a fault (status ${status}).`;
  return `The feed's server answered with status ${status}.`;
}
