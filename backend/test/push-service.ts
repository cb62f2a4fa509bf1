// A push service and its browsers for specs: it holds senders to RFC 8030 (the protocol), RFC 8291 and 8188 (encryption, opened
// with keys of its own) and RFC 8292 (whose message it is), written down from the standards and not from what the sender does.
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify, type ECDH } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a browser gives a page that subscribes. */
export interface BrowserSubscription {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

/** A message that reached a browser, opened. */
export interface PushMessage {
  text: string;
  ttl: number;
  urgency: string;
  topic: string | undefined;
  /** What the sender says of itself in its token. */
  claims: { aud: string; exp: number; sub: string };
}

/** An answer that the service gives instead of taking a message. */
export interface PushRefusal {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

interface Browser {
  key: ECDH;
  auth: Buffer;
  applicationServerKey: string;
  messages: PushMessage[];
  refusals: PushRefusal[];
  gone: boolean;
}

/** The most that a message may have, as services hold it (RFC 8030, section 7.2). */
const MOST = 4096;
const DAY = 86_400;

/** Opens a message (RFC 8291, section 3; RFC 8188, section 2). @throws Error when it is not for these keys */
export function decrypt(body: Buffer, key: ECDH, auth: Buffer): string {
  const salt = body.subarray(0, 16);
  const recordSize = body.readUInt32BE(16);
  const idLength = body.readUInt8(20);
  const senderKey = body.subarray(21, 21 + idLength);
  const record = body.subarray(21 + idLength);
  if (record.length > recordSize) throw new Error('a second record, which a push message may not have');
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), key.getPublicKey(), senderKey]);
  const derive = (secret: Buffer, by: Buffer, about: Buffer, length: number) =>
    Buffer.from(hkdfSync('sha256', secret, by, about, length));
  const ikm = derive(key.computeSecret(senderKey), auth, info, 32);
  const cek = derive(ikm, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derive(ikm, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const decipher = createDecipheriv('aes-128-gcm', cek, nonce).setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  const end = padded.findLastIndex((byte) => byte !== 0);
  if (padded[end] !== 2) throw new Error('no delimiter of the last record');
  return padded.subarray(0, end).toString('utf8');
}

/** Speaks the push protocol on a port of its own. */
export class FakePushService {
  private readonly browsers = new Map<string, Browser>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.take(request, response));
  }

  /** Starts one on loopback. */
  static async start(): Promise<FakePushService> {
    const service = new FakePushService();
    await new Promise<void>((listening) => service.server.listen(0, '127.0.0.1', listening));
    return service;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  /** A browser subscribes, restricted to one sender (RFC 8292, section 4). */
  subscribe(applicationServerKey: string): BrowserSubscription {
    const key = createECDH('prime256v1');
    key.generateKeys();
    const [id, auth] = [randomBytes(12).toString('base64url'), randomBytes(16)];
    this.browsers.set(id, { key, auth, applicationServerKey, messages: [], refusals: [], gone: false });
    return {
      endpoint: `${this.origin}/push/${id}`,
      keys: { p256dh: key.getPublicKey('base64url'), auth: auth.toString('base64url') },
    };
  }

  /** What a browser got, oldest first. */
  received(subscription: Pick<BrowserSubscription, 'endpoint'>): PushMessage[] {
    return this.browser(subscription).messages;
  }

  /** The next messages to a browser are refused like this. */
  refuse(subscription: Pick<BrowserSubscription, 'endpoint'>, ...refusals: PushRefusal[]): void {
    this.browser(subscription).refusals.push(...refusals);
  }

  /** The browser unsubscribes. */
  unsubscribe(subscription: Pick<BrowserSubscription, 'endpoint'>): void {
    this.browser(subscription).gone = true;
  }

  private browser({ endpoint }: Pick<BrowserSubscription, 'endpoint'>): Browser {
    return this.browsers.get(endpoint.split('/').pop() ?? '')!;
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { status, headers = {}, body = '' } = this.answer(request, Buffer.concat(chunks));
    response.writeHead(status, headers).end(body);
  }

  private answer({ method, url = '', headers }: IncomingMessage, body: Buffer): PushRefusal {
    const browser = this.browsers.get(/^\/push\/([\w-]+)$/.exec(url)?.[1] ?? '');
    if (!browser) return { status: 404, body: 'no such subscription' };
    if (browser.gone) return { status: 410, body: 'unsubscribed or expired' };
    if (method !== 'POST') return { status: 405 };
    const refusal = browser.refusals.shift();
    if (refusal) return refusal;
    if (body.length > MOST) return { status: 413, body: 'too large' };
    if (!/^\d+$/.test(headers['ttl'] as string)) return { status: 400, body: 'no TTL' };
    if (headers['content-encoding'] !== 'aes128gcm') return { status: 415, body: 'not aes128gcm' };
    const urgency = String(headers['urgency'] ?? 'normal');
    if (!['very-low', 'low', 'normal', 'high'].includes(urgency)) return { status: 400, body: 'urgency' };
    const topic = headers['topic'] as string | undefined;
    if (topic !== undefined && !/^[\w-]{1,32}$/.test(topic)) return { status: 400, body: 'topic' };
    const claims = this.claimsOf(headers.authorization ?? '', browser.applicationServerKey);
    if (typeof claims === 'string') return { status: 403, body: claims };
    const text = decrypt(body, browser.key, browser.auth);
    browser.messages.push({ text, ttl: Number(headers['ttl']), urgency, topic, claims });
    return { status: 201, headers: { location: `${this.origin}/message/${randomBytes(6).toString('hex')}` } };
  }

  /** @returns what the sender's token claims, or what is wrong with it */
  private claimsOf(authorization: string, applicationServerKey: string): PushMessage['claims'] | string {
    const [, token = '', key = ''] = /^vapid t=([\w.-]+),\s*k=([\w-]+)$/.exec(authorization) ?? [];
    if (key !== applicationServerKey) return 'the key is not the one that the browser subscribed with';
    const [head = '', claimed = '', signature = ''] = token.split('.');
    const raw = Buffer.from(key, 'base64url');
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      x: raw.subarray(1, 33).toString('base64url'),
      y: raw.subarray(33).toString('base64url'),
    };
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
    const signed = Buffer.from(`${head}.${claimed}`);
    const by = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
    if (!verify('sha256', signed, by, Buffer.from(signature, 'base64url'))) return 'the signature is wrong';
    const claims = JSON.parse(Buffer.from(claimed, 'base64url').toString()) as PushMessage['claims'];
    const { alg } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { alg: string };
    const now = Date.now() / 1000;
    if (alg !== 'ES256') return 'not ES256';
    if (claims.aud !== this.origin) return 'for another push service';
    if (!(claims.exp > now && claims.exp <= now + DAY)) return 'it does not run out within a day';
    if (!/^(mailto:|https:)/.test(claims.sub)) return 'nobody to turn to';
    return claims;
  }
}
