import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { parse, v7 as uuidv7, validate } from 'uuid';
import { KeyRing, Signatures } from '#platform/crypto/index.js';
import { MailConfig } from './mail.config.js';

/** RFC 4648, section 6, in small letters: mail servers may change the case of an address. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';
const ID_BYTES = 16;
const DAY_BYTES = 2;
/** 80 bits: who guesses 10,000 a second for all the days that a mark counts hits none. */
const MARK_BYTES = 10;
const BYTES = ID_BYTES + DAY_BYTES + MARK_BYTES;
/** Servers give a mail up after five days (RFC 5321, section 4.5.4.1); some report late. */
const DAYS = 12;
const DAY_MS = 86_400_000;
const MESSAGE = /^<?([0-9a-f-]{36})@/i;

/** The field of a mail's head that holds the token. */
export const RETURN_FIELD = 'X-Signalbox-Return';

/** What stands in an address that a mail comes back to. Nothing of it counts before `isOf` says so. */
export interface ReturnPath {
  /** Of the mail that came back. */
  readonly messageId: string;
  readonly day: number;
  readonly mark: Buffer;
}

/**
 * The addresses that undelivered mail comes back to, one a mail (VERP): `bounces+<id, day, mark>@…`. The mark is a code over the
 * id, the day and the recipient, so that only who got or carried the mail can say that it came back, and only of its recipient.
 */
@Injectable()
export class ReturnPaths {
  constructor(
    private readonly config: MailConfig,
    private readonly signatures: Signatures,
    private readonly ring: KeyRing,
  ) {}

  /** The envelope's sender for one mail; undefined when no address for returns is set, and the sender gets them. */
  of(recipient: string, messageId: string, now = Date.now()): string | undefined {
    const base = this.base();
    return base && `${base.local}+${this.token(recipient, messageId, now)}@${base.domain}`;
  }

  /** The part of such an address that names the mail. It also stands in the mail's own head, which reports repeat. */
  token(recipient: string, messageId: string, now = Date.now()): string {
    const named = MESSAGE.exec(messageId)?.[1] ?? '';
    const id = Buffer.from(parse(validate(named) ? named : uuidv7()));
    const day = Math.floor(now / DAY_MS) % 0x10000;
    const body = Buffer.concat([id, Buffer.from([day >> 8, day & 0xff])]);
    const mark = this.mark(this.signatures.keyId(), body, recipient);
    return encode(Buffer.concat([body, mark]));
  }

  /** Reads an address of that form whose days are not over; undefined for any other. */
  read(address: string, now = Date.now()): ReturnPath | undefined {
    const base = this.base();
    const wanted = base && `${base.local}+`.toLowerCase();
    const at = address.lastIndexOf('@');
    const local = address.slice(0, Math.max(at, 0)).toLowerCase();
    if (!wanted || !local.startsWith(wanted) || address.slice(at + 1).toLowerCase() !== base.domain.toLowerCase())
      return undefined;
    return this.readToken(local.slice(wanted.length), now);
  }

  /** Reads such a part, wherever it was found; undefined for what is none, or whose days are over. */
  readToken(token: string, now = Date.now()): ReturnPath | undefined {
    const bytes = decode(token.toLowerCase());
    if (!bytes) return undefined;
    const messageId = idOf(bytes.subarray(0, ID_BYTES));
    const day = bytes.readUInt16BE(ID_BYTES);
    const age = (Math.floor(now / DAY_MS) - day) & 0xffff;
    if (!messageId || age > DAYS) return undefined;
    return { messageId, day, mark: bytes.subarray(ID_BYTES + DAY_BYTES) };
  }

  /** True when the mark was made for this recipient, under any key of the instance. */
  isOf({ messageId, day, mark }: ReturnPath, recipient: string): boolean {
    const body = Buffer.concat([Buffer.from(parse(messageId)), Buffer.from([day >> 8, day & 0xff])]);
    return this.ring.all().some(({ id }) => timingSafeEqual(this.mark(id, body, recipient), mark));
  }

  private base(): { local: string; domain: string } | undefined {
    const [local = '', domain = ''] = this.config.bounceAddress?.split('@') ?? [];
    return local && domain ? { local, domain } : undefined;
  }

  private mark(keyId: string, body: Buffer, recipient: string): Buffer {
    const key = this.signatures.key('return-path', keyId);
    return createHmac('sha256', key)
      .update(body)
      .update(recipient.trim().toLowerCase())
      .digest()
      .subarray(0, MARK_BYTES);
  }
}

function idOf(bytes: Buffer): string | undefined {
  const hex = bytes.toString('hex');
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return validate(id) ? id : undefined;
}

function encode(bytes: Buffer): string {
  let [text, bits, held] = ['', 0, 0];
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += LETTERS[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + LETTERS[(held << (5 - bits)) & 31] : text;
}

/** The bytes, if the text is what `encode` makes of so many. */
function decode(text: string): Buffer | undefined {
  if (text.length !== Math.ceil((BYTES * 8) / 5) || !/^[a-z2-7]+$/.test(text)) return undefined;
  const bytes = Buffer.alloc(BYTES);
  let [at, bits, held] = [0, 0, 0];
  for (const letter of text) {
    held = (held << 5) | LETTERS.indexOf(letter);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 0xff;
      held &= (1 << bits) - 1;
    }
  }
  return encode(bytes) === text ? bytes : undefined;
}
