import { Injectable } from '@nestjs/common';
import { Secrets } from '#platform/crypto/index.js';
import { query, Reads, type EntityManager } from '#platform/database/index.js';
import type { ChannelKind } from './channel.js';

/** A channel that can be used. */
export interface ChannelRow {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly name: string;
  /** Sealed; see `ChannelRows.open`. */
  readonly settings: string;
}

const USABLE = `
  select id, kind, name, settings from notification_channel where id = $1 and removed_at is null and disabled_reason is null`;

/** The rows of channels, as deliveries need them. */
@Injectable()
export class ChannelRows {
  constructor(
    private readonly reads: Reads,
    private readonly secrets: Secrets,
  ) {}

  /** Undefined when it is removed or disabled. */
  usable(id: string): Promise<ChannelRow | undefined> {
    return this.reads.one<ChannelRow>('notifications.channels.usable', USABLE, [id]);
  }

  /** @throws SecretUnreadable when the row was changed by hand */
  open({ id, settings }: Pick<ChannelRow, 'id' | 'settings'>): unknown {
    return JSON.parse(this.secrets.open(settings, context(id))) as unknown;
  }

  /** It took something: whatever was wrong is over. */
  async works(em: EntityManager, id: string): Promise<void> {
    await query(
      em,
      'update notification_channel set failing_since = null where id = $1 and failing_since is not null',
      [id],
    );
  }

  /** It refused something for good, or was never reached. */
  async fails(em: EntityManager, id: string): Promise<void> {
    await query(em, 'update notification_channel set failing_since = now() where id = $1 and failing_since is null', [
      id,
    ]);
  }
}

/** What settings are sealed under: they open only on their own row. */
function context(id: string): string {
  return `notification_channel:${id}:settings`;
}
