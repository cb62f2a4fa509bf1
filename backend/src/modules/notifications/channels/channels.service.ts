import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Actor, Member } from '#platform/access/index.js';
import { type EntityManager, query, Transactions } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { expectVersion, type ListQuery, type Page } from '#platform/http/index.js';
import { ChannelAddresses } from './channel-addresses.js';
import { about } from './channel-events.js';
import { ChannelTests } from './channel-tests.js';
import { Channel, type ChannelOwner } from './channel.entity.js';
import { NoSuchChannel, TooManyChannels } from './channels.errors.js';
import { ChannelQueries, type Whose } from './channels.queries.js';
import type { ChannelChange, ChannelShown, MadeChannel, NewOwn, NewShared, Tested } from './channels.schemas.js';

/** How many one person may have in one workspace, and how many its members may share. */
const MOST = 200;

/** Who asks about which channels: the person's own, or the shared ones of a workspace. */
interface Caller extends Whose {
  actor: Actor;
}

/** The channels that lead to chats and webhooks: people's own, and those that a workspace shares. */
@Injectable()
export class ChannelsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly queries: ChannelQueries,
    private readonly addresses: ChannelAddresses,
    private readonly events: EventLog,
    private readonly tests: ChannelTests,
  ) {}

  list(caller: Caller, wanted: ListQuery): Promise<Page<ChannelShown>> {
    return this.queries.list(caller, wanted);
  }

  /** @throws NoSuchChannel */
  async one(caller: Caller, id: string): Promise<ChannelShown> {
    const found = await this.queries.one(caller, id);
    if (!found) throw new NoSuchChannel();
    return found;
  }

  /** @throws NotFound for a workspace that the caller is not in; ChannelAddressRefused, ChannelSecretRefused, TooManyChannels */
  async createOwn({ actor, principal }: Caller, { workspaceId, ...wanted }: NewOwn): Promise<MadeChannel> {
    return this.create(actor, { workspaceId, userId: principal, madeBy: principal }, wanted);
  }

  /** @throws ChannelAddressRefused, ChannelSecretRefused, TooManyChannels */
  async createShared(actor: Member, wanted: NewShared): Promise<MadeChannel> {
    const { workspaceId, userId: madeBy } = actor;
    return this.create(actor, { workspaceId, userId: null, madeBy }, wanted);
  }

  /** @throws NoSuchChannel, ChannelAddressRefused, ChannelSecretRefused, PreconditionFailed */
  async change(caller: Caller, id: string, wanted: ChannelChange, ifMatch?: string): Promise<ChannelShown> {
    await this.one(caller, id);
    await this.transactions.run(async (em) => {
      const channel = await locked(em, id);
      expectVersion(ifMatch, channel.version);
      const { url, secret, name, enabled } = wanted;
      const leads = url !== undefined || secret !== undefined;
      const settings = leads ? this.sealed(channel, { url, secret }) : undefined;
      const was = { name: channel.name, state: channel.state };
      const changed = channel.change({ name, settings, enabled });
      if (changed.length === 0) return;
      const before = {
        ...(changed.includes('name') && { name: was.name }),
        ...(was.state !== channel.state && { state: was.state }),
      };
      const data = { ...channel.told(), state: channel.state, changed, before };
      this.events.record(em, 'channel.updated', { ...about(channel, caller.actor), data });
    });
    return this.one(caller, id);
  }

  /** @throws NoSuchChannel, PreconditionFailed */
  async remove(caller: Caller, id: string, ifMatch?: string): Promise<void> {
    await this.one(caller, id);
    await this.transactions.run(async (em) => {
      const channel = await locked(em, id);
      expectVersion(ifMatch, channel.version);
      channel.remove();
      this.events.record(em, 'channel.removed', { ...about(channel, caller.actor), data: channel.told() });
    });
  }

  /** Sends a test message now. @throws NoSuchChannel */
  async test(caller: Caller, id: string, signal: AbortSignal): Promise<Tested> {
    await this.one(caller, id);
    return this.tests.send(id, signal);
  }

  private async create(
    actor: Actor,
    owner: ChannelOwner,
    { kind, name, url, secret }: NewShared,
  ): Promise<MadeChannel> {
    let made: string | null = null;
    const channel = Channel.open(owner, kind, name, (id) => {
      const { secret: shown, ...sealed } = this.addresses.sealed(id, kind, { url, secret });
      made = shown;
      return sealed;
    });
    await this.transactions.run(async (em) => {
      await requireRoom(em, owner);
      em.persist(channel);
      this.events.record(em, 'channel.created', { ...about(channel, actor), data: channel.told() });
    });
    const caller = { actor, principal: actor.id ?? '', workspaceId: owner.userId === null ? owner.workspaceId : null };
    return { ...(await this.one(caller, channel.id)), secret: made };
  }

  private sealed(channel: Channel, part: { url?: string; secret?: string }) {
    const { secret: _, ...sealed } = this.addresses.sealed(
      channel.id,
      channel.kind as NewShared['kind'],
      part,
      channel,
    );
    return sealed;
  }
}

async function locked(em: EntityManager, id: string): Promise<Channel> {
  const found = await em.findOne(Channel, { id, removedAt: null }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!found) throw new NoSuchChannel();
  return found;
}

/** Counts under a lock, so that two requests at once cannot both take the last place; who has left meanwhile finds nothing. */
async function requireRoom(em: EntityManager, { workspaceId, userId }: ChannelOwner): Promise<void> {
  await query(em, 'select pg_advisory_xact_lock(hashtextextended($1, 41))', [`${workspaceId}/${userId ?? ''}`]);
  const [now] = await query<{ member: boolean; n: number }>(
    em,
    `select $2::uuid is null or exists (select from access_grant g where g.workspace_id = $1 and g.principal_id = $2) as member,
            (select count(*)::int from notification_channel c
              where c.workspace_id = $1 and c.user_id is not distinct from $2 and c.removed_at is null) as n`,
    [workspaceId, userId],
  );
  if (!now?.member) throw new NotFound('There is no such workspace.');
  if (now.n >= MOST)
    throw new TooManyChannels(MOST, userId ? 'channels of yours in this workspace' : 'shared channels');
}
