import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Actor, Member } from '#platform/access/index.js';
import { query, Transactions, type EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { FilterTargets, readFilter, type FilterTarget } from '#platform/filters/index.js';
import { expectVersion, type ListQuery, type Page } from '#platform/http/index.js';
import { Quotas } from '#platform/quotas/index.js';
import { Subscription } from './subscription.entity.js';
import { SUBSCRIPTIONS } from './subscription-quota.js';
import { NoSuchSubscription, NoSuchTarget, TargetHidden, TooManySubscriptions } from './subscriptions.errors.js';
import { SubscriptionQueries } from './subscriptions.queries.js';
import type {
  NewPreview,
  NewSubscription,
  Preview,
  SubscriptionChange,
  SubscriptionShown,
} from './subscriptions.schemas.js';

/** How many subscriptions one person may have in one workspace. */
const MOST = 1000;
const NAME_LENGTH = 120;

type Owner = Member & { userId: string };

/** What people want to hear about. Each person sees and changes their own. */
@Injectable()
export class SubscriptionsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly queries: SubscriptionQueries,
    private readonly targets: FilterTargets,
    private readonly events: EventLog,
    private readonly quotas: Quotas,
  ) {}

  list(who: Member, listQuery: ListQuery): Promise<Page<SubscriptionShown>> {
    return this.queries.list(who, listQuery);
  }

  /** @throws NoSuchSubscription */
  async one(who: Member, id: string): Promise<SubscriptionShown> {
    const found = await this.queries.one(who, id);
    if (!found) throw new NoSuchSubscription();
    return found;
  }

  /** @throws NoSuchTarget, TargetHidden, FilterRefused, TooManySubscriptions, QuotaExceeded */
  async create(who: Owner, wanted: NewSubscription): Promise<SubscriptionShown> {
    const target = this.target(wanted.target);
    await this.checkFilter(who, target, wanted.filter);
    const choice = { name: wanted.name ?? nameOf(wanted.filter, target), filter: wanted.filter, paused: wanted.paused };
    return this.transactions.run(async (em) => {
      await requireRoom(em, who);
      await this.quotas.take(em, who.workspaceId, SUBSCRIPTIONS);
      const made = Subscription.open({ workspaceId: who.workspaceId, userId: who.userId }, target.name, choice);
      em.persist(made);
      this.record(em, 'subscription.created', made, who, made.told());
      return shown(made);
    });
  }

  /** @throws NoSuchSubscription, TargetHidden, FilterRefused, PreconditionFailed */
  async change(
    who: Owner,
    id: string,
    change: SubscriptionChange,
    ifMatch: string | undefined,
  ): Promise<SubscriptionShown> {
    const { target } = await this.one(who, id);
    if (change.filter !== undefined) await this.checkFilter(who, this.target(target), change.filter);
    return this.transactions.run(async (em) => {
      const subscription = await own(em, who, id);
      expectVersion(ifMatch, subscription.version);
      this.apply(em, subscription, change, who);
      return shown(subscription);
    });
  }

  /** @throws NoSuchSubscription, PreconditionFailed */
  async remove(who: Owner, id: string, ifMatch: string | undefined): Promise<void> {
    await this.transactions.run(async (em) => {
      const subscription = await own(em, who, id);
      expectVersion(ifMatch, subscription.version);
      subscription.remove();
      this.record(em, 'subscription.deleted', subscription, who, subscription.told());
    });
  }

  /** Pauses a subscription for its owner, who clicked the link in a mail. Doing it twice changes nothing. */
  async pauseByMail(id: string): Promise<{ name: string } | undefined> {
    return this.transactions.run(async (em) => {
      const found = await em.findOne(Subscription, { id, removedAt: null }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!found) return undefined;
      this.apply(em, found, { paused: true }, { kind: 'user', id: found.userId, userId: found.userId });
      return { name: found.name };
    });
  }

  /** Pauses all that somebody has in a workspace, inside the caller's transaction. */
  async pauseAll(em: EntityManager, owner: { workspaceId: string; userId: string }, actor: Actor): Promise<void> {
    const where = { ...owner, removedAt: null, paused: false };
    const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } } as const;
    for (const one of await em.find(Subscription, where, lock)) this.apply(em, one, { paused: true }, actor);
  }

  /** What a filter would have matched. @throws NoSuchTarget, TargetHidden, FilterRefused */
  async preview(who: Member, { target: name, filter, days }: NewPreview): Promise<Preview> {
    const target = this.target(name);
    requireSight(who, target);
    return this.queries.preview(who, target, filter, await this.targets.context({ userId: who.userId }), days);
  }

  private apply(em: EntityManager, subscription: Subscription, change: SubscriptionChange, actor: Actor): void {
    const before = subscription.told();
    if (!subscription.change(change)) return;
    this.record(em, 'subscription.updated', subscription, actor, { before, after: subscription.told() });
  }

  private record(
    em: EntityManager,
    ...[type, subscription, actor, data]:
      | ['subscription.created' | 'subscription.deleted', Subscription, Actor, ReturnType<Subscription['told']>]
      | ['subscription.updated', Subscription, Actor, Record<'before' | 'after', ReturnType<Subscription['told']>>]
  ): void {
    const { workspaceId, id: subjectId, userId } = subscription;
    const about = { workspaceId, subjectId, actor, scope: { kind: 'user', id: userId } as const };
    if (type === 'subscription.updated') this.events.record(em, type, { ...about, data });
    else this.events.record(em, type, { ...about, data });
  }

  /** @throws TargetHidden when the caller may not see what a subscription is about */
  requireSight(who: Member, { target }: Pick<SubscriptionShown, 'target'>): void {
    requireSight(who, this.target(target));
  }

  private async checkFilter(who: Member, target: FilterTarget, filter: string): Promise<void> {
    requireSight(who, target);
    readFilter(filter, target.catalogue, await this.targets.context({ userId: who.userId }), '/body/filter');
  }

  private target(name: string): FilterTarget {
    if (this.targets.has(name)) return this.targets.get(name);
    throw new NoSuchTarget(
      name,
      this.targets.all().map((t) => t.name),
    );
  }
}

function requireSight(who: Member, target: FilterTarget): void {
  if (!who.permissions.has(target.permission)) throw new TargetHidden(target, who);
}

/** Counts under a lock on the person, so that two requests at once cannot both take the last place. */
async function requireRoom(em: EntityManager, { userId, workspaceId }: Owner): Promise<void> {
  await query(em, 'select pg_advisory_xact_lock(hashtextextended($1, 30))', [`${workspaceId}/${userId}`]);
  const [counted] = await query<{ n: number }>(
    em,
    'select count(*)::int as n from subscription where user_id = $1 and workspace_id = $2 and removed_at is null',
    [userId, workspaceId],
  );
  if (Number(counted?.n) >= MOST) throw new TooManySubscriptions(MOST);
}

async function own(em: EntityManager, { userId, workspaceId }: Owner, id: string): Promise<Subscription> {
  const where = { id, workspaceId, userId, removedAt: null };
  const found = await em.findOne(Subscription, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!found) throw new NoSuchSubscription();
  return found;
}

function nameOf(filter: string, target: FilterTarget): string {
  const line = filter.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  if (line === '') return `All ${target.title.toLowerCase()}`;
  if (line.length <= NAME_LENGTH) return line;
  // Cut between characters: half of a surrogate pair cannot be stored.
  const cut = line.slice(0, NAME_LENGTH - 1).replace(/[\ud800-\udbff]$/u, '');
  return `${cut.trimEnd()}…`;
}

function shown(s: Subscription): SubscriptionShown {
  const { id, name, target, filter, paused, version } = s;
  const times = { createdAt: s.createdAt.toISOString(), updatedAt: s.updatedAt.toISOString() };
  return { id, name, target, filter, paused, version, ...times };
}
