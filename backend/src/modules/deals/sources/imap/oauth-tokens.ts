import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { affected, Transactions } from '#platform/database/index.js';
import { HttpClient } from '#platform/http-client/index.js';
import { SourceCredentials } from '../source-credentials.js';
import type { HeldSource } from '../source-leases.js';
import type { ImapCredentials, ImapSettings } from '../source-settings.js';
import { MailboxRefused } from './imap-words.js';

const answer = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().optional(),
  refresh_token: z.string().min(1).optional(),
});

/** What of a source opens it. */
export type OpenableSource = Pick<HeldSource, 'id' | 'settings' | 'credentials'>;

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
    private readonly credentials: SourceCredentials,
    private readonly transactions: Transactions,
  ) {}

  /**
   * The token that is held, or another one when it is known to have ended.
   *
   * @throws as `another` does
   */
  async current(source: OpenableSource, settings: ImapSettings, held: ImapCredentials): Promise<AccessToken> {
    const { accessToken, expiresAt } = held;
    if (accessToken && (expiresAt === undefined || expiresAt > Date.now() + MARGIN_MS))
      return { accessToken, renewed: false };
    return this.another(source, settings, held, 'The access token has ended');
  }

  /**
   * Another token, whatever is known of the one that is held. It is stored, and put on the source.
   *
   * @param why what happened to the one that is held
   * @throws MailboxRefused when the token server refuses, or nothing can renew it
   * @throws OutboundFailed, AddressRefused when the token server cannot be reached
   */
  async another(
    source: OpenableSource,
    settings: ImapSettings,
    held: ImapCredentials,
    why: string,
  ): Promise<AccessToken> {
    if (!held.refreshToken || !settings.oauth)
      throw new MailboxRefused(`${why}, and there is no refresh token to get another one: sign in again.`);
    const renewed = await this.renew(settings.oauth, held);
    const sealed = this.credentials.seal(source.id, renewed);
    // Only over what was read: a person may have entered new credentials meanwhile.
    const text = 'update source set credentials = $2 where id = $1 and credentials = $3';
    await this.transactions.run((em) => affected(em, text, [source.id, sealed, source.credentials]));
    source.credentials = sealed;
    return { accessToken: renewed.accessToken, renewed: true };
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
