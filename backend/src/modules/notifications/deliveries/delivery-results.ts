import { Injectable } from '@nestjs/common';
import { systemActor } from '#platform/access/index.js';
import { affected, Transactions, type EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import type { JobOutcome } from '#platform/jobs/index.js';
import type { Due } from './due.js';

/** One attempt to deliver, as it is kept. */
export interface Try {
  readonly attempt: number;
  /** RFC 3339. */
  readonly at: string;
  readonly tookMs: number;
  readonly outcome: 'sent' | 'failed';
  /** The other side's own words, or what went wrong on the way to it. */
  readonly answer: string;
}

const REASON_LENGTH = 500;
/** The newest attempts are kept; one that is retried by hand begins anew. */
const TRIES = 20;
const ROOM = `(case when jsonb_array_length(tries) >= ${TRIES} then tries - 0 else tries end)`;
const KEEP = `${ROOM} || $2::jsonb`;
const KEEP_OF_SAME_ATTEMPT = `${ROOM} || jsonb_build_array($2::jsonb || jsonb_build_object('attempt', coalesce(attempt, 1)))`;

/** Writes what became of deliveries: each attempt, and the end, with its event. */
@Injectable()
export class DeliveryResults {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
  ) {}

  /** It was handed over. */
  async sent(em: EntityManager, due: Due, one: Try): Promise<void> {
    const text = `update delivery set state = 'sent', attempt = $3, response = $4, error = null, sent_at = now(), tries = ${KEEP}
      where id = $1 and state <> 'sent'`;
    const kept = shortened(one);
    const changed = await affected(em, text, [due.id, JSON.stringify([kept]), one.attempt, kept.answer]);
    if (changed > 0)
      this.events.record(em, 'delivery.sent', { ...about(due), data: { ...told(due), attempt: one.attempt } });
  }

  /** An attempt failed. Kept by itself: the job is what says whether there is another. */
  async tried(due: Due, one: Try): Promise<void> {
    const text = `update delivery set tries = ${KEEP} where id = $1 and state <> 'sent'`;
    await this.transactions.run((em) => affected(em, text, [due.id, JSON.stringify([shortened(one)])]));
  }

  /** The mail of a delivery came back, or was complained about, after it had been taken. It stays sent; its owner sees what became of it. */
  async cameBack(em: EntityManager, deliveryId: string, words: string): Promise<void> {
    const text = `
      update delivery set response = $3, tries = ${KEEP_OF_SAME_ATTEMPT}
       where id = $1 and channel = 'mail' and state = 'sent'`;
    const answer = words.slice(0, REASON_LENGTH);
    const one = { at: new Date().toISOString(), tookMs: 0, outcome: 'failed', answer } satisfies Omit<Try, 'attempt'>;
    await affected(em, text, [deliveryId, JSON.stringify(one), answer]);
  }

  /** Nothing to be sent, and nothing that anybody could repair: the job is done, the delivery is not. */
  givenUp(due: Due, reason: string): JobOutcome {
    return { asked: false, apply: (em) => this.failed(em, due, reason, false) };
  }

  /** Nothing to be sent, for a reason that the person should know of. */
  refused(due: Due, reason: string): JobOutcome {
    return { asked: false, apply: (em) => this.failed(em, due, reason, true) };
  }

  /** @param refused whether the other side refused it, or never answered */
  async failed(em: EntityManager, due: Due, reason: string, refused: boolean): Promise<void> {
    const text = `update delivery set state = 'failed', error = $2 where id = $1 and state = 'queued'`;
    const short = reason.slice(0, REASON_LENGTH);
    const changed = await affected(em, text, [due.id, short]);
    if (changed > 0)
      this.events.record(em, 'delivery.failed', { ...about(due), data: { ...told(due), reason: short, refused } });
  }
}

function shortened(one: Try): Try {
  return { ...one, answer: one.answer.slice(0, REASON_LENGTH) };
}

/** What a delivery tells only its owner hears: whom an alert reached says what they are looking for. */
function about({ workspaceId, id: subjectId, userId }: Due) {
  return { workspaceId, subjectId, actor: systemActor(), scope: { kind: 'user', id: userId } as const };
}

function told({ notificationId, subscriptionId, eventId, channel, channelId }: Due) {
  return { notificationId, subscriptionId, eventId, channel, channelId };
}
