import type { ConnectionOptions } from 'node:tls';
import { Inject, Injectable } from '@nestjs/common';
import { ImapFlow, type ImapFlowOptions } from 'imapflow';
import { GuardedConnections } from '#platform/http-client/index.js';
import { DealsConfig, MAX_MESSAGE_BYTES } from '../../deals.config.js';
import { SourceCredentials } from '../source-credentials.js';
import type { ImapCredentials, ImapSettings } from '../source-settings.js';
import { MailboxRefused } from './imap-words.js';
import { OauthTokens, type AccessToken } from './oauth-tokens.js';
import type { OpenableSource } from './renewal-turns.js';
import { within } from './within.js';

/** An open mailbox: read-only, so that nothing in it can change. */
export interface OpenMailbox {
  client: ImapFlow;
  settings: ImapSettings;
}

type Auth = NonNullable<ImapFlowOptions['auth']>;

const REFUSED_ANEW =
  'The mail server refused the sign-in also with a new access token: check the user name, and what the token may be used for.';

/** Opens mailboxes: the address checked, the sign-in by password or token, the mailbox examined and never selected. */
@Injectable()
export class MailboxConnections {
  constructor(
    private readonly guarded: GuardedConnections,
    private readonly credentials: SourceCredentials,
    private readonly tokens: OauthTokens,
    @Inject(DealsConfig) private readonly config: DealsConfig,
  ) {}

  /**
   * Opens the mailbox of a source. Close the client when done.
   *
   * @param signal gives it up
   * @throws MailboxRefused, AddressRefused, OutboundFailed, or what imapflow throws; `imapWords` makes sentences of all
   */
  async open(source: OpenableSource, signal?: AbortSignal): Promise<OpenMailbox> {
    const settings = source.settings as ImapSettings;
    if (source.credentials === null) throw new MailboxRefused('There are no credentials for this mailbox.');
    this.guarded.assertLiteral(settings.host);
    const held = this.credentials.open(source.id, source.credentials);
    if (settings.oauth) return this.openWithToken(source, settings, held, signal);
    if (!held.password) throw new MailboxRefused('There is no password for this mailbox.');
    return this.connect(settings, { user: settings.user, pass: held.password }, signal);
  }

  /** A token may end, or be taken back, without our knowing: when it is refused another one is tried, once. */
  private async openWithToken(
    source: OpenableSource,
    settings: ImapSettings,
    held: ImapCredentials,
    signal?: AbortSignal,
  ): Promise<OpenMailbox> {
    const open = ({ accessToken }: AccessToken) => this.connect(settings, { user: settings.user, accessToken }, signal);
    const token = await this.tokens.current(source, settings, held, signal);
    try {
      return await open(token);
    } catch (error) {
      if (!signInRefused(error)) throw error;
      if (token.renewed) throw new MailboxRefused(REFUSED_ANEW, { cause: error });
    }
    // What is held by now: the refused token may be one that another process had got meanwhile.
    const now = source.credentials === null ? held : this.credentials.open(source.id, source.credentials);
    const another = await this.tokens.another(
      source,
      settings,
      now,
      'The mail server refused the access token',
      signal,
    );
    return open(another).catch((error: unknown) => {
      throw signInRefused(error) ? new MailboxRefused(REFUSED_ANEW, { cause: error }) : error;
    });
  }

  private async connect(settings: ImapSettings, auth: Auth, signal?: AbortSignal): Promise<OpenMailbox> {
    signal?.throwIfAborted();
    const client = new ImapFlow(this.options(settings, auth));
    // Without a listener an error of a dying connection would end the process; the loop that uses it sees it closed.
    client.on('error', () => undefined);
    const stop = () => client.close();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      await within(this.config.idleAnswerMs * 3, client.connect());
      await within(this.config.idleAnswerMs, client.mailboxOpen(settings.mailbox, { readOnly: true }));
      return { client, settings };
    } catch (error) {
      client.close();
      throw refused(error, settings);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  private options(settings: ImapSettings, auth: Auth): ImapFlowOptions {
    // imapflow hands `tls` to net.connect and tls.connect alike, which is how the checked look-up gets there.
    const tls = { lookup: this.guarded.lookup, minVersion: 'TLSv1.2' } as ConnectionOptions;
    return {
      host: settings.host,
      port: settings.port,
      secure: settings.security === 'tls',
      doSTARTTLS: settings.security === 'tls' ? undefined : settings.security === 'starttls',
      auth,
      tls,
      logger: false,
      clientInfo: { name: 'Signalbox' },
      autoIdleDelay: 100,
      connectionTimeout: this.config.idleAnswerMs,
      greetingTimeout: this.config.idleAnswerMs,
      socketTimeout: (this.config.idleCheckSeconds + 60) * 1000,
      maxLiteralSize: MAX_MESSAGE_BYTES + 1024,
      maxLineLength: 4 * 1024 * 1024,
      maxResponseSize: 2 * MAX_MESSAGE_BYTES,
    };
  }
}

function refused(error: unknown, settings: ImapSettings): unknown {
  const { code, serverResponseCode } = error as { code?: string; serverResponseCode?: string };
  if (serverResponseCode === 'NONEXISTENT' || code === 'NotFound')
    return new MailboxRefused(`The mail server has no mailbox "${settings.mailbox}".`);
  return error;
}

function signInRefused(error: unknown): boolean {
  return (error as { authenticationFailed?: boolean }).authenticationFailed === true;
}
