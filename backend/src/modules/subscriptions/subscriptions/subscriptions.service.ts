import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Actor, Member } from '#platform/access/index.js';
import { affected, query, Transactions, type EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import type { FilterTarget } from '#platform/filters/index.js';
import { expectVersion, type ListQuery, type Page } from '#platform/http/index.js';
import { Quotas } from '#platform/quotas/index.js';
import { Participants } from '../participants/participants.js';
import { PLAIN } from '../plans/plan.js';
import { Choices } from './choices.js';
import { Subscription, type SubscriptionChoice } from './subscription.entity.js';
import { SUBSCRIPTIONS } from './subscription-quota.js';
import { NoSuchSubscription, TooManySubscriptions } from './subscriptions.errors.js';
import { SubscriptionQueries } from './subscriptions.queries.js';
import type { NewSubscription, SubscriptionChange, SubscriptionShown } from './subscriptions.schemas.js';

/** How many subscriptions one person may have in one workspace, and how many a workspace may share. */
const MOST = 1000;
const NAME_LENGTH = 120;
/** What waits is looked at again, since it may be due now. */
const RECONSIDER = `update subscription_match set due_at = now() where state = 'waiting' and seat_id in (
  select id from subscription_seat where subscription_id = $1)`;
/** What is remembered of what another filter or rule found, or of a time before a pause, says nothing about what comes. */
const FORGET = [
  'delete from subscription_thing where subscription_id = $1',
  `update subscription_match set rule_group = null
    where subscription_id = $1 and rule_group is not null and occurred_at > now() - interval '8 days'`,
];
const HEARING: readonly (keyof SubscriptionChoice)[] = ['filter', 'rule', 'crossing', 'improvesBy'];
/** What decides which events are posted to the channels of a shared subscription: who changes it answers for it by their rights. */
const POSTING: readonly (keyof SubscriptionChoice)[] = [...HEARING, 'cooldownMinutes', 'channels'];
const TIMING: readonly (keyof SubscriptionChoice)[] = ['rhythm', 'quietHours', 'snoozedUntil', 'paused'];

type Owner = Member & { userId: string };

/** What people want to hear about. Each person sees and changes their own; what is shared, everybody who may subscribe. */
@Injectable()
export class SubscriptionsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly queries: SubscriptionQueries,
    private readonly choices: Choices,
    private readonly participants: Participants,
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

  /** @throws NoSuchTarget, TargetHidden, FilterRefused, ChoiceRefused, TooManySubscriptions, QuotaExceeded */
  async create(who: Owner, wanted: NewSubscription): Promise<SubscriptionShown> {
    const target = this.choices.seen(who, wanted.target);
    await this.choices.checkFilter(who, target, wanted.filter);
    this.choices.checkPlan(target, wanted);
    await this.choices.checkRest(who, wanted);
    const choice = chosen(wanted, target);
    return this.transactions.run(async (em) => {
      const owner = { workspaceId: who.workspaceId, userId: wanted.shared ? null : who.userId };
      await requireRoom(em, owner);
      await this.quotas.take(em, who.workspaceId, SUBSCRIPTIONS);
      const made = Subscription.open(owner, target.name, choice);
      made.channelsChosenBy(who.userId);
      em.persist(made);
      this.record(em, 'subscription.created', made, who, made.told());
      if (made.shared) {
        await em.flush();
        await this.participants.join(em, made, who.userId, who);
      }
      return shown(made, true);
    });
  }

  /** @throws NoSuchSubscription, TargetHidden, FilterRefused, ChoiceRefused, PreconditionFailed */
  async change(
    who: Owner,
    id: string,
    change: SubscriptionChange,
    ifMatch: string | undefined,
  ): Promise<SubscriptionShown> {
    const before = await this.one(who, id);
    const target = this.choices.target(before.target);
    if (change.filter !== undefined) {
      this.choices.seen(who, before.target);
      await this.choices.checkFilter(who, target, change.filter);
    }
    await this.choices.checkRest(who, change);
    return this.transactions.run(async (em) => {
      const subscription = await own(em, who, id);
      expectVersion(ifMatch, subscription.version);
      this.choices.checkPlan(target, { ...subscription.choice, ...defined(change) });
      await this.apply(em, subscription, change, who, who.userId);
      return shown(subscription, before.joined);
    });
  }

  /** @throws NoSuchSubscription, PreconditionFailed */
  async remove(who: Owner, id: string, ifMatch: string | undefined): Promise<void> {
    await this.transactions.run(async (em) => {
      const subscription = await own(em, who, id);
      expectVersion(ifMatch, subscription.version);
      subscription.remove();
      this.record(em, 'subscription.deleted', subscription, who, subscription.told());
      await affected(em, RECONSIDER, [id]);
    });
  }

  /**
   * Ends what a mail came from, for the person who clicked the link in it: pauses their subscription, or takes them out of a
   * shared one. Doing it twice changes nothing.
   */
  async endByMail(seat: string): Promise<{ name: string } | undefined> {
    return this.transactions.run(async (em) => {
      const where = { id: seat, removedAt: null, userId: { $ne: null } };
      const found = await em.findOne(Subscription, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!found?.userId) return this.participants.leaveByMail(em, seat);
      await this.apply(em, found, { paused: true }, { kind: 'user', id: found.userId, userId: found.userId });
      return { name: found.name };
    });
  }

  /** Pauses all that somebody has in a workspace and takes them out of what is shared, inside the caller's transaction. */
  async pauseAll(em: EntityManager, owner: { workspaceId: string; userId: string }, actor: Actor): Promise<void> {
    const where = { ...owner, removedAt: null, paused: false };
    const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } } as const;
    for (const one of await em.find(Subscription, where, lock)) await this.apply(em, one, { paused: true }, actor);
    await this.participants.leaveAll(em, owner, actor);
  }

  /** @throws TargetHidden when the caller may not see what a subscription is about */
  requireSight(who: Member, { target }: Pick<SubscriptionShown, 'target'>): void {
    this.choices.seen(who, target);
  }

  private async apply(
    em: EntityManager,
    subscription: Subscription,
    change: SubscriptionChange,
    actor: Actor,
    by?: string,
  ): Promise<void> {
    const before = subscription.told();
    const { choice } = subscription;
    if (!subscription.change(defined(change))) return;
    const changes = (names: readonly (keyof SubscriptionChoice)[]) =>
      names.some((name) => JSON.stringify(choice[name]) !== JSON.stringify(subscription.choice[name]));
    if (by !== undefined && changes(POSTING)) subscription.channelsChosenBy(by);
    this.record(em, 'subscription.updated', subscription, actor, { before, after: subscription.told() });
    if (TIMING.some((name) => Object.hasOwn(change, name))) await affected(em, RECONSIDER, [subscription.id]);
    if (changes(HEARING) || (choice.paused && !subscription.paused))
      for (const statement of FORGET) await affected(em, statement, [subscription.id]);
  }

  private record(
    em: EntityManager,
    ...[type, subscription, actor, data]:
      | ['subscription.created' | 'subscription.deleted', Subscription, Actor, ReturnType<Subscription['told']>]
      | ['subscription.updated', Subscription, Actor, Record<'before' | 'after', ReturnType<Subscription['told']>>]
  ): void {
    const { workspaceId, id: subjectId, userId } = subscription;
    const scope = userId === null ? ({ kind: 'workspace' } as const) : ({ kind: 'user', id: userId } as const);
    const about = { workspaceId, subjectId, actor, scope };
    if (type === 'subscription.updated') this.events.record(em, type, { ...about, data });
    else this.events.record(em, type, { ...about, data });
  }
}

/** Counts under a lock on the person, or the workspace, so that two requests at once cannot both take the last place. */
async function requireRoom(em: EntityManager, owner: { workspaceId: string; userId: string | null }): Promise<void> {
  const { userId, workspaceId } = owner;
  await query(em, 'select pg_advisory_xact_lock(hashtextextended($1, 30))', [`${workspaceId}/${userId ?? ''}`]);
  const [counted] = await query<{ n: number }>(
    em,
    `select count(*)::int as n from subscription
      where workspace_id = $2 and removed_at is null and (user_id = $1 or ($1::uuid is null and user_id is null))`,
    [userId, workspaceId],
  );
  if (Number(counted?.n) >= MOST) throw new TooManySubscriptions(MOST, userId === null);
}

async function own(em: EntityManager, { userId, workspaceId }: Owner, id: string): Promise<Subscription> {
  const where = { id, workspaceId, removedAt: null, $or: [{ userId }, { userId: null }] };
  const found = await em.findOne(Subscription, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!found) throw new NoSuchSubscription();
  return found;
}

/** What of a request says something, without what only a request has. */
function defined(change: SubscriptionChange): Partial<SubscriptionChoice> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

function chosen(wanted: NewSubscription, target: FilterTarget): SubscriptionChoice {
  const { name, target: _target, shared: _shared, ...choice } = wanted;
  const empty = { ...PLAIN, paused: false, snoozedUntil: null, expiresAt: null };
  return { ...empty, ...defined(choice), filter: wanted.filter, name: name ?? nameOf(wanted.filter, target) };
}

function nameOf(filter: string, target: FilterTarget): string {
  const line = filter.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  if (line === '') return `All ${target.title.toLowerCase()}`;
  if (line.length <= NAME_LENGTH) return line;
  // Cut between characters: half of a surrogate pair cannot be stored.
  const cut = line.slice(0, NAME_LENGTH - 1).replace(/[\ud800-\udbff]$/u, '');
  return `${cut.trimEnd()}…`;
}

function shown(s: Subscription, joined: boolean): SubscriptionShown {
  const { id, target, shared, version, choice } = s;
  const times = { createdAt: s.createdAt.toISOString(), updatedAt: s.updatedAt.toISOString() };
  const snoozedUntil = choice.snoozedUntil?.toISOString() ?? null;
  const expiresAt = choice.expiresAt?.toISOString() ?? null;
  return { ...choice, id, target, shared, joined, version, ...times, snoozedUntil, expiresAt };
}
