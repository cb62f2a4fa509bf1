import { createECDH } from 'node:crypto';
import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { type EntityManager, query, Reads, Transactions } from '#platform/database/index.js';
import { ValidationFailed } from '#platform/errors/index.js';
import { EventLog } from '#platform/event-log/index.js';
import type { ListQuery, Page } from '#platform/http/index.js';
import { ChannelAddresses } from '../channel-addresses.js';
import { about } from '../channel-events.js';
import { ChannelTests } from '../channel-tests.js';
import { Channel } from '../channel.entity.js';
import { fingerprintOf, type PushSettings } from '../channel-settings.js';
import { NoSuchDevice, TooManyChannels } from '../channels.errors.js';
import { ChannelQueries } from '../channels.queries.js';
import type { DeviceShown, NewDevice, Tested } from '../channels.schemas.js';
import { SharedBrowsers } from './shared-browsers.js';
import { VapidKeys } from './vapid-keys.js';

/** More browsers than this nobody uses. */
const MOST = 50;
const OWN = `select id from notification_channel where id = $1 and user_id = $2 and kind = 'push' and removed_at is null`;

/** People's browsers that take push messages. */
@Injectable()
export class PushDevices {
  constructor(
    private readonly transactions: Transactions,
    private readonly reads: Reads,
    private readonly queries: ChannelQueries,
    private readonly addresses: ChannelAddresses,
    private readonly keys: VapidKeys,
    private readonly events: EventLog,
    private readonly tests: ChannelTests,
    private readonly shared: SharedBrowsers,
  ) {}

  list(userId: string, wanted: ListQuery): Promise<Page<DeviceShown>> {
    return this.queries.devices(userId, wanted);
  }

  /** Adds a browser, or renews the one with this endpoint; it is no longer anybody else's. @throws ChannelAddressRefused, TooManyChannels, ValidationFailed */
  async add(actor: Actor, { name, endpoint, keys }: NewDevice): Promise<DeviceShown> {
    const userId = actor.userId ?? '';
    this.addresses.checkDevice(endpoint);
    checkKey(keys.p256dh);
    const settings = { endpoint, ...keys, vapid: await this.keys.publicKey() };
    return this.transactions.run(async (em) => {
      await query(em, 'select pg_advisory_xact_lock(hashtextextended($1, 42))', [userId]);
      await this.shared.takeOver(em, userId, settings);
      const known = await found(em, { userId, fingerprint: fingerprintOf(endpoint) });
      return shown(known ? this.renew(em, known, name, settings, actor) : await this.make(em, name, settings, actor));
    });
  }

  /** @throws NoSuchDevice */
  async remove(actor: Actor, id: string): Promise<void> {
    await this.transactions.run(async (em) => {
      const device = await found(em, { id, userId: actor.userId });
      if (!device) throw new NoSuchDevice();
      device.remove();
      this.events.record(em, 'channel.removed', { ...about(device, actor), data: device.told() });
    });
  }

  /** Sends a test message now. @throws NoSuchDevice */
  async test(actor: Actor, id: string, signal: AbortSignal): Promise<Tested> {
    if (!(await this.reads.one('push.own', OWN, [id, actor.userId]))) throw new NoSuchDevice();
    return this.tests.send(id, signal);
  }

  private async make(em: EntityManager, name: string, settings: PushSettings, actor: Actor): Promise<Channel> {
    const userId = actor.userId ?? '';
    const devices = await em.count(Channel, { userId, kind: 'push', removedAt: null });
    if (devices >= MOST) throw new TooManyChannels(MOST, 'browsers of yours');
    const owner = { workspaceId: null, userId, madeBy: userId };
    const device = Channel.open(owner, 'push', name, (id) => this.addresses.sealedDevice(id, settings));
    em.persist(device);
    this.events.record(em, 'channel.created', { ...about(device, actor), data: device.told() });
    return device;
  }

  private renew(em: EntityManager, device: Channel, name: string, settings: PushSettings, actor: Actor): Channel {
    const changed = device.change({ name, settings: this.addresses.sealedDevice(device.id, settings) });
    this.events.record(em, 'channel.updated', { ...about(device, actor), data: { ...device.told(), changed } });
    return device;
  }
}

function found(em: EntityManager, where: { id?: string; userId: string | null; fingerprint?: string }) {
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE } as const;
  return em.findOne(Channel, { ...where, kind: 'push', removedAt: null }, lock);
}

/** A key that is no point of the curve would fail with every message. @throws ValidationFailed */
function checkKey(p256dh: string): void {
  const own = createECDH('prime256v1');
  own.generateKeys();
  try {
    own.computeSecret(Buffer.from(p256dh, 'base64url'));
  } catch (error) {
    const errors = [{ path: '/body/keys/p256dh', message: 'must be a public key of the curve P-256' }];
    throw new ValidationFailed('The keys of this browser are none.', { errors, cause: error });
  }
}

function shown({ id, name, hint, failingSince, createdAt }: Channel): DeviceShown {
  return {
    id,
    name,
    service: hint,
    failingSince: failingSince?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}
