import { LockMode } from '@mikro-orm/core';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { systemActor, type Actor } from '#platform/access/index.js';
import { query, type EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { DealsConfig } from '../deals.config.js';
import type { Message } from '../messages/message.entity.js';
import { RoutePrices } from '../routes/route-prices.js';
import type { Score } from '../routes/score.js';
import { dealData } from './deal-data.js';
import { distinctDrafts, type DealDraft } from './deal-draft.js';
import {
  bury,
  dealOfIdentity,
  dropSighting,
  exhume,
  insertDeal,
  lookAround,
  putSighting,
  sightingsOf,
  type Sighting,
} from './deal-rows.js';
import { Deal, expiryOf, type DealBefore } from './deal.entity.js';
import { pairUp } from './pairing.js';

/** One reading of one message, within its transaction. */
interface Reading {
  em: EntityManager;
  message: Message;
  drafts: DealDraft[];
  actor: Actor;
  now: Date;
}

/**
 * Keeps deals in step with what messages offer. The first reading of a message finds deals or sees known ones again; a later
 * one confirms, corrects or withdraws what that message offered before. No deal is ever told of as found twice.
 */
@Injectable()
export class DealBook {
  constructor(
    private readonly events: EventLog,
    private readonly routes: RoutePrices,
    @Inject(DealsConfig) private readonly config: DealsConfig,
  ) {}

  /**
   * Applies what a message was read to offer; the caller holds the message's row locked.
   *
   * @returns how many deals the message now shows
   */
  async settle(
    em: EntityManager,
    message: Message,
    offered: readonly DealDraft[],
    now: Date,
    actor = systemActor(),
  ): Promise<number> {
    const drafts = distinctDrafts(offered);
    const reading: Reading = { em, message, drafts, actor, now };
    const before = message.wasRead ? await sightingsOf(em, message.id) : [];
    const gone = before.filter((s) => !drafts.some((draft) => draft.fingerprint.equals(s.fingerprint)));
    const fresh: DealDraft[] = [];
    for (const draft of drafts) {
      const sighting = before.find((s) => s.fingerprint.equals(draft.fingerprint));
      if (sighting) await this.confirm(reading, sighting, draft);
      else fresh.push(draft);
    }
    const left = await this.amend(reading, gone, fresh);
    for (const sighting of left.gone) await this.withdraw(reading, sighting);
    for (const draft of left.fresh) await this.offer(reading, draft);
    return drafts.length;
  }

  /** The message shows what it showed before; it may tell it better. */
  private async confirm(reading: Reading, sighting: Sighting, draft: DealDraft): Promise<void> {
    const { em, message } = reading;
    const deal = await this.locked(em, sighting.dealId);
    await putSighting(em, message, sighting.dealId, draft);
    if (deal && tells(message, deal, sighting)) await this.correct(reading, deal, draft);
  }

  /** Vanished deals and new ones that are alike are corrections. @returns what is no correction */
  private async amend(
    reading: Reading,
    gone: Sighting[],
    fresh: DealDraft[],
  ): Promise<{ gone: Sighting[]; fresh: DealDraft[] }> {
    if (gone.length === 0 || fresh.length === 0) return { gone, fresh };
    const { em, message } = reading;
    const own: { deal: Deal; sighting: Sighting }[] = [];
    for (const sighting of gone) {
      const deal = await this.locked(em, sighting.dealId);
      if (deal && tells(message, deal, sighting)) own.push({ deal, sighting });
    }
    const pairs = pairUp(
      own.map((o) => o.deal),
      fresh,
    );
    const done = new Set<Sighting | DealDraft>();
    for (const { deal, sighting } of own) {
      const draft = pairs.get(deal);
      // Another message may offer already what this one is now read to offer: then this deal is withdrawn in its favour.
      if (!draft || (await dealOfIdentity(em, message.workspaceId, draft.fingerprint, false))) continue;
      await query(em, 'delete from deal_sighting where message_id = $1 and fingerprint = $2', [
        message.id,
        sighting.fingerprint,
      ]);
      await putSighting(em, message, deal.id, draft);
      await this.correct(reading, deal, draft);
      done.add(sighting).add(draft);
    }
    return { gone: gone.filter((s) => !done.has(s)), fresh: fresh.filter((d) => !done.has(d)) };
  }

  private async correct({ em, actor }: Reading, deal: Deal, draft: DealDraft): Promise<void> {
    const before = deal.correct(draft, this.config.dealDays);
    if (!before) return;
    if (changesPrice(before)) {
      await this.routes.replace(em, deal.workspaceId, deal.id, draft, deal.foundAt);
      await this.score(em, deal, deal.foundAt);
    }
    this.events.record(em, 'deal.corrected', {
      workspaceId: deal.workspaceId,
      subjectId: deal.id,
      actor,
      data: { before: told(before), after: dealData(deal) },
    });
  }

  /** The message shows something it did not show before: a known deal, a known offer at another price, or a new deal. */
  private async offer(reading: Reading, draft: DealDraft): Promise<void> {
    const { em, message, now } = reading;
    const over = expiryOf(draft, message.receivedAt, this.config.dealDays) <= now;
    const ask = { orExpired: over, others: this.mayReprice(reading, draft), before: now };
    const { known, others, score } = await lookAround(em, message, draft, ask);
    if (known) return this.see(reading, known, draft);
    if (await this.reprice(reading, draft, others)) return;
    await this.find(reading, draft, over, score);
  }

  private async find(reading: Reading, draft: DealDraft, over: boolean, score: Score | null): Promise<void> {
    const { em, message, actor, now } = reading;
    const risen = message.wasRead ? await exhume(em, message.id, draft.fingerprint) : undefined;
    const deal = this.dealOf(message, draft, risen?.id ?? uuidv7(), risen?.foundAt ?? now);
    if (over) deal.status = 'expired';
    if (risen) await this.score(em, deal, deal.foundAt);
    else Object.assign(deal, { percentile: score?.percentile ?? null, z: score?.z ?? null });
    if (!(await insertDeal(em, deal))) {
      const winner = await dealOfIdentity(em, message.workspaceId, draft.fingerprint, false);
      if (!winner) throw new Error('The deal that was there first has just run out.');
      return this.see(reading, winner, draft);
    }
    const event = { workspaceId: deal.workspaceId, subjectId: deal.id, actor };
    if (risen) this.events.record(em, 'deal.corrected', { ...event, data: { before: {}, after: dealData(deal) } });
    else this.events.record(em, 'deal.found', { ...event, data: dealData(deal), occurredAt: now });
  }

  private async see({ em, message }: Reading, dealId: string, draft: DealDraft): Promise<void> {
    // Locked first: a sighting shares a lock on its deal, and two readings that both share it could not both go on.
    const deal = await this.locked(em, dealId);
    if (!deal) throw new Error('The deal that was there first has just been withdrawn; the message is read again.');
    await putSighting(em, message, dealId, draft);
    deal.seenAgain(message.receivedAt, this.config.dealDays);
  }

  /** Only a first reading reprices, and only when the message has one price for the offer. */
  private mayReprice({ message, drafts }: Reading, { link, offer }: DealDraft): boolean {
    if (message.wasRead || link === null) return false;
    return drafts.filter((draft) => draft.link === link && draft.offer.equals(offer)).length === 1;
  }

  /** A page whose price changed: one active deal of the same offer, source and link, which this message does not show. */
  private async reprice({ em, message, actor }: Reading, draft: DealDraft, others: string[]): Promise<boolean> {
    const [only, another] = others;
    const deal = only && !another ? await this.locked(em, only) : null;
    if (!deal || deal.status !== 'active') return false;
    const before = deal.reprice(draft, message.receivedAt, this.config.dealDays);
    await this.score(em, deal, message.receivedAt);
    await putSighting(em, message, deal.id, draft);
    await this.routes.add(em, deal.workspaceId, deal.id, deal, message.receivedAt);
    this.events.record(em, 'deal.repriced', {
      workspaceId: deal.workspaceId,
      subjectId: deal.id,
      actor,
      data: { before, after: dealData(deal) },
    });
    return true;
  }

  private async withdraw({ em, message, actor }: Reading, sighting: Sighting): Promise<void> {
    const deal = await this.locked(em, sighting.dealId);
    const left = await dropSighting(em, message.id, sighting);
    if (!deal) return;
    if (left) {
      if (deal.messageId === message.id) Object.assign(deal, left);
      return;
    }
    await bury(em, message.id, deal, sighting.fingerprint);
    await query(em, 'delete from deal where id = $1', [deal.id]);
    this.events.record(em, 'deal.withdrawn', {
      workspaceId: deal.workspaceId,
      subjectId: deal.id,
      actor,
      data: { title: deal.title },
    });
  }

  private async score(em: EntityManager, deal: Deal, at: Date): Promise<void> {
    const score = await this.routes.score(em, deal.workspaceId, deal, at);
    deal.percentile = score?.percentile ?? null;
    deal.z = score?.z ?? null;
  }

  private dealOf(message: Message, draft: DealDraft, id: string, foundAt: Date): Deal {
    const deal = new Deal();
    const lastSeenAt = message.receivedAt;
    const { workspaceId, sourceId, id: messageId } = message;
    const expiresAt = expiryOf(draft, lastSeenAt, this.config.dealDays);
    return Object.assign(deal, draft, { id, workspaceId, sourceId, messageId, foundAt, lastSeenAt, expiresAt });
  }

  private locked(em: EntityManager, id: string): Promise<Deal | null> {
    return em.findOne(Deal, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  }
}

/** True when the message is where the deal's words come from, rather than one that repeats it or saw an older price. */
function tells(message: Message, deal: Deal, sighting: Sighting): boolean {
  return deal.messageId === message.id && deal.fingerprint.equals(sighting.fingerprint);
}

function changesPrice(before: DealBefore): boolean {
  return ['origins', 'destinations', 'priceMinor', 'currency', 'tripType', 'cabin'].some((field) => field in before);
}

/** What was different, without what only machines read. */
function told(before: DealBefore): Omit<DealBefore, 'fingerprint' | 'offer' | 'evidence'> {
  const { fingerprint: _f, offer: _o, evidence: _e, ...rest } = before;
  return rest;
}
