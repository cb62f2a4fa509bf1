import { z } from 'zod';
import { listQuery, page } from '#platform/http/index.js';
import { evidenceSpan } from '../messages/messages.schemas.js';
import { ENOUGH_PRICES } from '../routes/score.js';

const dealPlace = z.object({
  text: z.string().describe('As the message writes it.'),
  key: z.string().nullable().describe('Such as city:NYC; null when the place is not known.'),
  name: z.string().nullable(),
});

/** A deal in a list. Money in minor units of `currency` (ISO 4217), days as YYYY-MM-DD. */
export const dealSummary = z.object({
  id: z.uuid(),
  sourceId: z.uuid(),
  title: z.string(),
  origins: z.array(dealPlace),
  destinations: z.array(dealPlace),
  priceMinor: z.int(),
  currency: z.string(),
  airlines: z.array(z.string()),
  cabin: z.string().nullable(),
  tripType: z.string().nullable(),
  nonstop: z.boolean().nullable(),
  travelFrom: z.string().nullable(),
  travelTo: z.string().nullable().describe('The day after the last day of travel.'),
  bookBy: z.string().nullable(),
  link: z.string().nullable(),
  kind: z.string().nullable(),
  confidence: z.number().describe('0 to 1.'),
  percentile: z.number().nullable().describe("Share of the route's earlier prices that are cheaper, 0 to 100."),
  z: z.number().nullable().describe("Standard deviations from the route's mean; negative is cheaper."),
  status: z.enum(['active', 'expired']),
  foundAt: z.string(),
  lastSeenAt: z.string(),
  expiresAt: z.string(),
});

const sighting = z.object({
  messageId: z.uuid(),
  sourceId: z.uuid(),
  subject: z.string(),
  priceMinor: z.int(),
  confidence: z.number(),
  seenAt: z.string(),
  evidence: z.record(z.string(), evidenceSpan),
});

/** How the price stands against the route's history. */
const score = z.object({
  percentile: z.number().nullable(),
  z: z.number().nullable(),
  prices: z.int().describe('Earlier prices of the route that are known.'),
  needed: z.literal(ENOUGH_PRICES),
  note: z.string().nullable().describe('Says so when there is not enough history.'),
});

/** One deal with where it was read, who else showed it, and the prices of its route. */
export const dealSchema = dealSummary.extend({
  messageId: z.uuid(),
  evidence: z.record(z.string(), evidenceSpan),
  sightings: z.array(sighting).describe('The latest 20.'),
  priceHistory: z
    .array(z.object({ priceMinor: z.int(), seenAt: z.string() }))
    .describe('The latest 60 prices of the route, the newest first.'),
  score,
});

export const workspaceParams = z.object({ workspaceId: z.uuid() });
export const dealParams = workspaceParams.extend({ dealId: z.uuid() });
export const dealList = listQuery({
  sort: ['foundAt', 'price', 'percentile'],
  defaultSort: '-foundAt',
  filter: true,
  fields: true,
});
export const dealPage = page(dealSummary);

export type DealSummary = z.infer<typeof dealSummary>;
export type DealView = z.infer<typeof dealSchema>;
export type DealList = z.infer<typeof dealList>;
export type DealParams = z.infer<typeof dealParams>;
