import { randomBytes } from 'node:crypto';
import fastifyCookie from '@fastify/cookie';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InstanceConfig } from '#platform/config/index.js';
import { Signatures } from '#platform/crypto/index.js';

const NAME = 'signalbox-browsers';
const PATH = '/api/v1';
const PURPOSE = 'familiar-browser';
const DAYS = 180;
/** Accounts that one browser is remembered for; the ones used longest ago are dropped. */
const ACCOUNTS = 4;

/** The request's cookie of familiar browsers, unread. */
export function browsersOf({ headers }: FastifyRequest): string | undefined {
  if (!headers.cookie?.includes(NAME)) return undefined;
  const cookies = fastifyCookie.fastifyCookie.parse(headers.cookie);
  return cookies[`__Secure-${NAME}`] ?? cookies[NAME];
}

/**
 * Browsers that signed in to an account before, by a signed cookie: an entry an account, `<id>.<expiry>.<signature>`, which
 * names nobody. It opens nothing: an attempt from such a browser is only counted apart from those of strangers, so that
 * they cannot lock the owner out.
 */
@Injectable()
export class FamiliarBrowsers {
  private readonly secure: boolean;
  private readonly name: string;

  constructor(
    config: InstanceConfig,
    private readonly signatures: Signatures,
  ) {
    this.secure = config.origin.startsWith('https:');
    this.name = this.secure ? `__Secure-${NAME}` : NAME;
  }

  /** The id of the browser, when the cookie vouches for it with this account's address; null otherwise. */
  idOf(cookie: string | undefined, emailKey: string): string | null {
    return entriesOf(cookie).find((entry) => this.vouches(entry, emailKey))?.id ?? null;
  }

  /**
   * Remembers the browser that a session was just started in, or whose person just opened a link from their mailbox.
   *
   * @param newId what a browser that is not known yet is to be remembered by; chosen here when absent
   */
  remember(reply: FastifyReply, emailKey: string, newId = randomBytes(16).toString('base64url')): void {
    const entries = entriesOf(browsersOf(reply.request));
    const others = entries.filter((entry) => !this.vouches(entry, emailKey));
    const id = entries.find((entry) => !others.includes(entry))?.id ?? newId;
    const expires = new Date(Date.now() + DAYS * 86_400_000);
    const until = String(Math.floor(expires.getTime() / 1000));
    const entry = `${id}.${until}.${this.signatures.sign(PURPOSE, signed(emailKey, id, until))}`;
    const value = [entry, ...others.map(({ text }) => text)].slice(0, ACCOUNTS).join('~');
    const options = { path: PATH, httpOnly: true, secure: this.secure, sameSite: 'strict', expires } as const;
    reply.header('Set-Cookie', fastifyCookie.fastifyCookie.serialize(this.name, value, options));
  }

  private vouches({ id, until, signature }: Entry, emailKey: string): boolean {
    return Number(until) * 1000 > Date.now() && this.signatures.verify(PURPOSE, signed(emailKey, id, until), signature);
  }
}

interface Entry {
  text: string;
  id: string;
  until: string;
  signature: string;
}

const ENTRY = /^([\w-]{22})\.(\d{1,12})\.([\w.-]{1,120})$/;

function entriesOf(cookie: string | undefined): Entry[] {
  if (cookie === undefined || cookie.length > 1000) return [];
  return cookie
    .split('~')
    .slice(0, ACCOUNTS)
    .flatMap((text) => {
      const [, id, until, signature] = ENTRY.exec(text) ?? [];
      return id && until && signature ? [{ text, id, until, signature }] : [];
    });
}

function signed(emailKey: string, id: string, until: string): string {
  return `${id} ${until} ${emailKey}`;
}
