import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { HttpClient } from '#platform/http-client/index.js';
import type { ImapCredentials, ImapSettings } from '../source-settings.js';
import { MailboxRefused } from './imap-words.js';
import { RenewalTurns, type OpenableSource, type Replaced } from './renewal-turns.js';

const answer = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().optional(),
  refresh_token: z.string().min(1).optional(),
});

/** A token to sign in with, and whether it was got just now. */
export interface AccessToken {
  accessToken: string;
  renewed: boolean;
}

/** A token that ends sooner is renewed before it is used. */
const MARGIN_MS = 60_000;

/** Access tokens for mailboxes, renewed by their refresh tokens (RFC 6749, section 6). */
@Injectable()
export class OauthTokens {
  constructor(
    private readonly http: HttpClient,
    private readonly turns: RenewalTurns,
  ) {}

  /**
   * The token that is held, or another one when it is known to have ended.
   *
   * @param signal gives up waiting for another process that renews it
   * @throws as `another` does
   */
  async current(
    source: OpenableSource,
    settings: ImapSettings,
    held: ImapCredentials,
    signal?: AbortSignal,
  ): Promise<AccessToken> {
    const { accessToken, expiresAt } = held;
    if (accessToken && (expiresAt === undefined || expiresAt > Date.now() + MARGIN_MS))
      return { accessToken, renewed: false };
    return this.another(source, settings, held, 'The access token has ended', signal);
  }

  /**
   * Another token, whatever is known of the one that is held: the one that another process got meanwhile, or a new one. It is
   * stored, and put on the source.
   *
   * @param why what happened to the one that is held
   * @param signal gives up waiting for another process that renews it
   * @throws MailboxRefused when the token server refuses, or nothing can renew it
   * @throws Superseded when the source is reached in another way by now
   * @throws OutboundFailed, AddressRefused when the token server cannot be reached
   */
  async another(
    source: OpenableSource,
    settings: ImapSettings,
    held: ImapCredentials,
    why: string,
    signal?: AbortSignal,
  ): Promise<AccessToken> {
    if (!held.refreshToken || !settings.oauth)
      throw new MailboxRefused(`${why}, and there is no refresh token to get another one: sign in again.`);
    const turn = await this.turns.take(source, held, signal);
    if (typeof turn !== 'string') return this.adopt(source, settings, turn, signal);
    try {
      // Not given up with the signal: the answer may hold the only refresh token that is good from then on.
      const renewed = await this.renew(settings.oauth, held);
      source.credentials = await this.turns.store(turn, source, held, renewed);
      return { accessToken: renewed.accessToken, renewed: true };
    } catch (error) {
      const replaced = await this.turns.giveUp(turn, source, held);
      // What was refused is not what is stored any more.
      if (replaced && error instanceof MailboxRefused) return this.adopt(source, settings, replaced, signal);
      throw error;
    }
  }

  private adopt(
    source: OpenableSource,
    settings: ImapSettings,
    { sealed, credentials }: Replaced,
    signal?: AbortSignal,
  ): Promise<AccessToken> {
    source.credentials = sealed;
    return this.current(source, settings, credentials, signal);
  }

  private async renew(
    { tokenUrl, clientId, scope }: NonNullable<ImapSettings['oauth']>,
    held: ImapCredentials,
  ): Promise<ImapCredentials & { accessToken: string }> {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: held.refreshToken ?? '',
      client_id: clientId,
    });
    if (held.clientSecret) form.set('client_secret', held.clientSecret);
    if (scope) form.set('scope', scope);
    const { status, body } = await this.http.send(tokenUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: form.toString(),
      maxBytes: 100_000,
    });
    const parsed = answer.safeParse(status === 200 ? jsonOf(body) : undefined);
    if (!parsed.success)
      throw new MailboxRefused(`The token server refused to renew the access token (status ${status}).`);
    const { access_token, expires_in, refresh_token } = parsed.data;
    return {
      ...held,
      accessToken: access_token,
      refreshToken: refresh_token ?? held.refreshToken,
      expiresAt: Date.now() + (expires_in ?? 3600) * 1000,
    };
  }
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
