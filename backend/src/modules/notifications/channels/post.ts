import { Injectable } from '@nestjs/common';
import { AddressRefused, HttpClient, type OutboundAnswer, OutboundFailed } from '#platform/http-client/index.js';
import { PermanentFailure, RetryLater } from '#platform/jobs/index.js';

/** All that is read of an answer, in bytes: what stands in a page of errors helps nobody. */
const MOST_BYTES = 16 * 1024;
const SHOWN = 300;
const DAY = 86_400;
/** Shorter parts of an address are words, such as `services`. */
const SECRET = 10;
/** That the other side is to be left alone for now, or has not understood that it is there at all (RFC 9110). */
const PASSING = [408, 425, 429];

/** One message on its way. */
export interface Posted {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string | Buffer;
}

/** What a refusal means to one kind of channel; what it does not name follows the rules of HTTP. */
export interface Meanings {
  /** What to call the other side within a sentence: `Slack`. */
  readonly who: string;
  /** Answers that only pass, beside 408, 425, 429 and those of 500 and above. */
  readonly passing?: readonly number[];
  /** For how long, in seconds, when the answer says so in its own way. */
  retryAfter?(answer: OutboundAnswer): number | undefined;
}

/** Posts messages to where channels lead, through the client that reaches no private network. Redirects are not followed. */
@Injectable()
export class Post {
  constructor(private readonly http: HttpClient) {}

  /**
   * @returns the answer, whatever its status
   * @throws PermanentFailure when the address leads where nothing may be sent
   * @throws RetryLater when there was no answer
   */
  async send({ url, headers, body }: Posted, signal: AbortSignal): Promise<OutboundAnswer> {
    try {
      // What was taken was taken, whatever the answer looks like: only its beginning is read, and never unpacked.
      const asked = { ...headers, 'accept-encoding': 'identity' };
      const wanted = { method: 'POST', headers: asked, body, maxBytes: MOST_BYTES, cut: true, signal } as const;
      const answer = await this.http.send(url, wanted);
      return { ...answer, body: readable(answer) ? withoutAddress(answer.body, new URL(url)) : Buffer.alloc(0) };
    } catch (error) {
      if (error instanceof AddressRefused) throw new PermanentFailure(error.message, { cause: error });
      if (error instanceof OutboundFailed) throw new RetryLater(error.message, undefined, true, { cause: error });
      throw error;
    }
  }
}

/** Some servers compress unasked. */
function readable({ headers }: OutboundAnswer): boolean {
  return ['', 'identity'].includes(headers['content-encoding']?.trim().toLowerCase() ?? '');
}

/** Pages of errors repeat what was asked for; of a webhook that is the secret. */
function withoutAddress(body: Buffer, { pathname, search }: URL): Buffer {
  const parts = [pathname + search, pathname, ...`${pathname}/${search}`.split(/[/?&=]/)].filter(
    (part) => part.length >= SECRET,
  );
  return Buffer.from(parts.reduce((text, part) => text.replaceAll(part, '…'), body.toString('utf8')));
}

/** What the other side said, as one line for people: its status and the beginning of its words. */
export function wordsOf({ status, body }: OutboundAnswer): string {
  const text = body
    .subarray(0, 4 * SHOWN)
    .toString('utf8')
    .replaceAll(/[\s\p{Cc}\p{Cf}\ufffd]+/gu, ' ')
    .trim();
  const cut = text.length > SHOWN ? `${text.slice(0, SHOWN).replace(/[\ud800-\udbff]$/u, '')}…` : text;
  return cut ? `${status} ${cut}` : String(status);
}

/** The failure that an answer stands for. Not for what succeeded. */
export function refusal(answer: OutboundAnswer, { who, passing = [], retryAfter }: Meanings): Error {
  const { status } = answer;
  const said = `${who} answered: ${wordsOf(answer)}`;
  const busy = PASSING.includes(status);
  if (busy || status >= 500 || passing.includes(status)) {
    // One address that is asked too often says nothing of the others on the same host.
    return new RetryLater(said, retryAfter?.(answer) ?? retryAfterOf(answer), !busy);
  }
  if (status >= 300 && status < 400)
    return new PermanentFailure(`${who} leads elsewhere (${status}), and redirects are not followed.`, {
      answered: true,
    });
  return new PermanentFailure(said, { answered: true });
}

/** `Retry-After` (RFC 9110, section 10.2.3) in seconds, at most a day; undefined when it says nothing sensible. */
export function retryAfterOf({ headers }: OutboundAnswer, now = Date.now()): number | undefined {
  const text = headers['retry-after']?.trim() ?? '';
  const seconds = /^\d{1,9}(\.\d+)?$/.test(text) ? Number(text) : (Date.parse(text) - now) / 1000;
  return text === '' || Number.isNaN(seconds) ? undefined : Math.min(DAY, Math.max(0, Math.ceil(seconds)));
}
