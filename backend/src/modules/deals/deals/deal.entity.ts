import { BigIntType } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { DealDraft, DealEvidence, DealPlace } from './deal-draft.js';

const DAY = 86_400_000;

/** What a change left behind, by the names that events use. */
export type DealBefore = Partial<DealDraft>;

/** Fields that a message tells and that a new reading may correct. */
const TOLD = [
  'title',
  'titleFolded',
  'words',
  'origins',
  'destinations',
  'originKeys',
  'destinationKeys',
  'priceMinor',
  'currency',
  'airlines',
  'airlinesFolded',
  'cabin',
  'tripType',
  'nonstop',
  'travelFrom',
  'travelTo',
  'bookBy',
  'link',
  'kind',
  'confidence',
] as const;

/** A flight deal: one offer, however many messages repeat it. */
@Entity({ tableName: 'deal' })
export class Deal {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  workspaceId!: string;

  /** The source of the message that showed it first. */
  @Property({ type: 'uuid' })
  sourceId!: string;

  @Property({ type: 'uuid' })
  messageId!: string;

  @Property({ type: 'blob', columnType: 'bytea' })
  fingerprint!: Buffer;

  @Property({ type: 'blob', columnType: 'bytea' })
  offer!: Buffer;

  @Property({ type: 'text' })
  title!: string;

  @Property({ type: 'text' })
  titleFolded!: string;

  @Property({ type: 'string[]', columnType: 'text[]' })
  words!: string[];

  @Property({ type: 'json', columnType: 'jsonb' })
  origins!: DealPlace[];

  @Property({ type: 'json', columnType: 'jsonb' })
  destinations!: DealPlace[];

  @Property({ type: 'string[]', columnType: 'text[]' })
  originKeys!: string[];

  @Property({ type: 'string[]', columnType: 'text[]' })
  destinationKeys!: string[];

  @Property({ type: new BigIntType('number'), columnType: 'bigint' })
  priceMinor!: number;

  @Property({ type: 'text' })
  currency!: string;

  @Property({ type: 'string[]', columnType: 'text[]' })
  airlines!: string[];

  @Property({ type: 'string[]', columnType: 'text[]' })
  airlinesFolded!: string[];

  @Property({ type: 'text', nullable: true })
  cabin: string | null = null;

  @Property({ type: 'text', nullable: true })
  tripType: string | null = null;

  @Property({ type: 'boolean', nullable: true })
  nonstop: boolean | null = null;

  @Property({ type: 'date', columnType: 'date', nullable: true })
  travelFrom: string | null = null;

  /** The day after the last day of travel. */
  @Property({ type: 'date', columnType: 'date', nullable: true })
  travelTo: string | null = null;

  @Property({ type: 'date', columnType: 'date', nullable: true })
  bookBy: string | null = null;

  @Property({ type: 'text', nullable: true })
  link: string | null = null;

  @Property({ type: 'text', nullable: true })
  kind: string | null = null;

  @Property({ type: 'float', columnType: 'real' })
  confidence!: number;

  /** Share of the route's earlier prices that are cheaper, 0 to 100; null until there are 8. */
  @Property({ type: 'float', columnType: 'real', nullable: true })
  percentile: number | null = null;

  /** Standard deviations from the route's mean; negative is cheaper. */
  @Property({ type: 'float', columnType: 'real', nullable: true })
  z: number | null = null;

  @Property({ type: 'text' })
  status: 'active' | 'expired' = 'active';

  @Property({ type: 'json', columnType: 'jsonb' })
  evidence!: DealEvidence;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  foundAt!: Date;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  lastSeenAt!: Date;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  expiresAt!: Date;

  @Property({ type: 'integer' })
  version = 1;

  /** Another message shows it: it lives on. */
  seenAgain(at: Date, dealDays: number): void {
    if (at <= this.lastSeenAt) return;
    this.lastSeenAt = at;
    this.expiresAt = expiryOf(this, at, dealDays);
    this.version++;
  }

  /**
   * Its message was read again and tells it so. A deal that ran out stays so.
   *
   * @returns what was different, or undefined when nothing that people see was
   */
  correct(draft: DealDraft, dealDays: number): DealBefore | undefined {
    const changed = TOLD.filter((field) => !same(this[field], draft[field]));
    this.evidence = draft.evidence;
    if (changed.length === 0) return undefined;
    const { priceMinor, currency } = this;
    const before = Object.fromEntries(changed.map((field) => [field, this[field]])) as DealBefore;
    // A price is told whole, or nobody could say what it was.
    if ('priceMinor' in before || 'currency' in before) Object.assign(before, { priceMinor, currency });
    this.take(draft);
    this.expiresAt = expiryOf(this, this.lastSeenAt, dealDays);
    this.version++;
    return before;
  }

  /** The same offer at another price. @returns the price before */
  reprice(draft: DealDraft, at: Date, dealDays: number): { priceMinor: number; currency: string } {
    const { priceMinor, currency } = this;
    this.take(draft);
    this.evidence = draft.evidence;
    this.lastSeenAt = at;
    this.expiresAt = expiryOf(this, at, dealDays);
    this.version++;
    return { priceMinor, currency };
  }

  /** It ran out. */
  expire(): void {
    this.status = 'expired';
    this.version++;
  }

  private take(draft: DealDraft): void {
    Object.assign(this, Object.fromEntries(TOLD.map((field) => [field, draft[field]])));
    this.fingerprint = draft.fingerprint;
    this.offer = draft.offer;
  }
}

/**
 * When a deal runs out: the last booking day is over everywhere on earth (UTC-12), its travel window is past, or no
 * message showed it for so many days.
 */
export function expiryOf(deal: Pick<DealDraft, 'bookBy' | 'travelTo'>, lastSeen: Date, dealDays: number): Date {
  const ends = [lastSeen.getTime() + dealDays * DAY];
  if (deal.bookBy) ends.push(Date.parse(deal.bookBy) + 1.5 * DAY);
  if (deal.travelTo) ends.push(Date.parse(deal.travelTo));
  return new Date(Math.min(...ends));
}

/** Equal as JSON values; jsonb keeps no order of members, and a real column keeps seven digits. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a === b || Math.fround(a) === Math.fround(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return (a ?? null) === (b ?? null);
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))];
  return left.length === right.size && left.every(([name, value]) => right.has(name) && same(value, right.get(name)));
}
