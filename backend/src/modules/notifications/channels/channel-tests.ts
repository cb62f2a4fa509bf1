import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { KeyRingError, SecretUnreadable } from '#platform/crypto/index.js';
import { Reads, Transactions } from '#platform/database/index.js';
import { PermanentFailure, RetryLater } from '#platform/jobs/index.js';
import { ChannelDrivers, type ChannelKind } from './channel.js';
import { ChannelEndings } from './channel-endings.js';
import { ChannelGone } from './channel-gone.js';
import { ChannelSettings } from './channel-settings.js';
import type { Tested } from './channels.schemas.js';
import { testMessage } from './test-message.js';

/** In the language of who made it. */
const FIND = `
  select c.id, c.kind, c.settings, coalesce(u.locale, 'en') as locale, coalesce(u.time_zone, 'UTC') as "timeZone"
    from notification_channel c left join user_account u on u.id = coalesce(c.made_by, c.user_id)
   where c.id = $1 and c.removed_at is null`;
const WORKS =
  'update notification_channel set failing_since = null where id = $1 and failing_since is not null returning id';

interface Found {
  kind: ChannelKind;
  settings: string;
  locale: string;
  timeZone: string;
}

/** Sends test messages, for somebody who waits for the answer. */
@Injectable()
export class ChannelTests {
  constructor(
    private readonly reads: Reads,
    private readonly transactions: Transactions,
    private readonly settings: ChannelSettings,
    private readonly drivers: ChannelDrivers,
    private readonly endings: ChannelEndings,
    private readonly instance: InstanceConfig,
  ) {}

  /** What the other side said. One that says it is gone ends the channel, as it would when a notification is sent. */
  async send(id: string, signal: AbortSignal): Promise<Tested> {
    const channel = await this.reads.one<Found>('channels.test', FIND, [id]);
    const driver = channel && this.drivers.get(channel.kind);
    if (!driver) return { ok: false, answer: 'The channel was removed meanwhile.' };
    try {
      const settings = this.settings.open(channel.kind, id, channel.settings);
      const { response } = await driver.send(settings, testMessage(this.instance.origin, channel), signal);
      await this.reads.adHoc(WORKS, [id]);
      return { ok: true, answer: response };
    } catch (error) {
      if (error instanceof ChannelGone) await this.transactions.run((em) => this.endings.end(em, id, error.message));
      return { ok: false, answer: sentenceOf(error) };
    }
  }
}

/** @throws what is no answer of the other side but a fault of ours */
function sentenceOf(error: unknown): string {
  if (error instanceof PermanentFailure || error instanceof RetryLater) return error.message;
  if (error instanceof SecretUnreadable || error instanceof KeyRingError)
    return 'What leads there can no longer be opened: give its address again.';
  throw error;
}
