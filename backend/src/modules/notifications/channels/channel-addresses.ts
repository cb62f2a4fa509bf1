import { Inject, Injectable } from '@nestjs/common';
import { makeHmacSecret, parseSecret, WebhookSecretInvalid } from '#platform/webhook-signature/index.js';
import type { SealedSettings } from './channel.entity.js';
import { ChannelSettings, fingerprintOf, masked, type PushSettings } from './channel-settings.js';
import { ChannelAddressRefused, ChannelSecretRefused } from './channels.errors.js';
import { ChannelsConfig } from './channels.config.js';
import type { NewShared } from './channels.schemas.js';

/** Checks where channels shall lead, and seals it. */
@Injectable()
export class ChannelAddresses {
  constructor(
    private readonly settings: ChannelSettings,
    @Inject(ChannelsConfig) private readonly config: ChannelsConfig,
  ) {}

  /**
   * What leads to a chat or a webhook, sealed; `secret` is the one that was made because none was given.
   *
   * @param kept the channel as it is, whose other parts stay
   * @throws ChannelAddressRefused, ChannelSecretRefused
   */
  sealed(
    id: string,
    kind: NewShared['kind'],
    { url, secret }: { url?: string; secret?: string },
    kept?: { settings: string },
  ): SealedSettings & { secret: string | null } {
    if (url !== undefined) this.check(kind, url);
    if (secret !== undefined) checkSecret(kind, secret);
    if (kind !== 'webhook') {
      const address = url ?? this.settings.open(kind, id, kept?.settings ?? '').url;
      return { ...this.seal(kind, id, { url: address }, address), secret: null };
    }
    const before = kept && this.settings.open('webhook', id, kept.settings);
    const made = secret ?? before?.secret ?? makeHmacSecret();
    const address = url ?? before?.url ?? '';
    const sealed = this.seal(kind, id, { url: address, secret: made }, address);
    return { ...sealed, secret: secret === undefined && !before ? made : null };
  }

  /** What leads to a browser, sealed. @throws ChannelAddressRefused */
  sealedDevice(id: string, settings: PushSettings): SealedSettings {
    return { ...this.seal('push', id, settings, settings.endpoint), fingerprint: fingerprintOf(settings.endpoint) };
  }

  /** @throws ChannelAddressRefused when a browser's push service is not to be asked */
  checkDevice(endpoint: string): void {
    this.check('push', endpoint, '/body/endpoint');
    if (new URL(endpoint).pathname.startsWith('/gcm/send'))
      throw new ChannelAddressRefused(
        'is of a push service that is switched off: update the browser',
        '/body/endpoint',
      );
  }

  private seal<K extends 'push' | NewShared['kind']>(
    kind: K,
    id: string,
    settings: Parameters<typeof this.settings.seal<K>>[1],
    address: string,
  ): SealedSettings {
    const hint = kind === 'push' ? new URL(address).host : masked(address);
    return { settings: this.settings.seal<K>(id, settings), hint, fingerprint: null };
  }

  private check(kind: 'push' | NewShared['kind'], address: string, path?: string): void {
    const url = new URL(address);
    if (url.username || url.password) throw new ChannelAddressRefused('must not contain a user name or password', path);
    if (this.config.permits(kind, url)) return;
    throw new ChannelAddressRefused(this.wanted(kind), path);
  }

  private wanted(kind: 'push' | NewShared['kind']): string {
    if (kind === 'slack') return `must begin with ${this.config.slackOrigins.join(' or ')}`;
    if (kind === 'discord') return `must begin with ${this.config.discordOrigins.join(' or ')}`;
    return 'must begin with https://';
  }
}

function checkSecret(kind: NewShared['kind'], secret: string): void {
  if (kind !== 'webhook') throw new ChannelSecretRefused('is for webhooks only');
  try {
    parseSecret(secret);
  } catch (error) {
    if (error instanceof WebhookSecretInvalid) throw new ChannelSecretRefused(error.message);
    throw error;
  }
}
