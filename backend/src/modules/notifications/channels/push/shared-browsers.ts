import { timingSafeEqual } from 'node:crypto';
import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { systemActor } from '#platform/access/index.js';
import { KeyRingError, SecretUnreadable } from '#platform/crypto/index.js';
import { type EntityManager, query } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { about } from '../channel-events.js';
import { Channel } from '../channel.entity.js';
import { ChannelSettings, fingerprintOf, type PushSettings } from '../channel-settings.js';

/** Browsers that several people use, one after the other: the news of who used it before is nobody else's. */
@Injectable()
export class SharedBrowsers {
  constructor(
    private readonly settings: ChannelSettings,
    private readonly events: EventLog,
  ) {}

  /**
   * Removes the devices of other people that are this browser. Only who has its keys as well is believed: an endpoint alone may
   * have been seen somewhere. To be called before the row of the new person is written, in the same transaction.
   */
  async takeOver(em: EntityManager, userId: string, keys: PushSettings): Promise<void> {
    const fingerprint = fingerprintOf(keys.endpoint);
    // Of two people at once the later takes it from the earlier.
    await query(em, 'select pg_advisory_xact_lock(hashtextextended($1, 44))', [fingerprint]);
    const where = { fingerprint, kind: 'push', removedAt: null, userId: { $ne: userId } } as const;
    for (const device of await em.find(Channel, where, { lockMode: LockMode.PESSIMISTIC_WRITE })) {
      if (!this.holds(device, keys)) continue;
      device.remove();
      // Not by whom: that is no matter of theirs.
      this.events.record(em, 'channel.removed', { ...about(device, systemActor()), data: device.told() });
    }
  }

  private holds({ id, settings }: Channel, { p256dh, auth }: PushSettings): boolean {
    try {
      const known = this.settings.open('push', id, settings);
      return same(known.p256dh, p256dh) && same(known.auth, auth);
    } catch (error) {
      // Nothing can be sent to what cannot be opened.
      if (error instanceof SecretUnreadable || error instanceof KeyRingError) return false;
      throw error;
    }
  }
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one, 'base64url'), Buffer.from(other, 'base64url')];
  return a.length === b.length && timingSafeEqual(a, b);
}
