import { z } from 'zod';
import { defineEvents } from './define.js';

const place = z.object({ text: z.string(), key: z.string().nullable(), name: z.string().nullable() });

/** A deal as its events carry it: what filters ask for and what an alert shows. Money in minor units, days as YYYY-MM-DD. */
export const dealData = z.object({
  title: z.string(),
  origins: z.array(place),
  destinations: z.array(place),
  /** Ancestor-or-self keys of all places: `airport:JFK`, `city:NYC`, `country:US`, `region:north-america`. */
  originKeys: z.array(z.string()),
  destinationKeys: z.array(z.string()),
  priceMinor: z.number().int(),
  currency: z.string(),
  airlines: z.array(z.string()),
  airlinesFolded: z.array(z.string()),
  cabin: z.string().nullable(),
  tripType: z.string().nullable(),
  nonstop: z.boolean().nullable(),
  /** First day of travel, and the day after the last. */
  travelFrom: z.string().nullable(),
  travelTo: z.string().nullable(),
  bookBy: z.string().nullable(),
  link: z.string().nullable(),
  kind: z.string().nullable(),
  confidence: z.number(),
  /** Against the route's history; null until it has 8 prices. */
  percentile: z.number().nullable(),
  z: z.number().nullable(),
  status: z.enum(['active', 'expired']),
  sourceId: z.uuid(),
  foundAt: z.string(),
  titleFolded: z.string(),
  words: z.array(z.string()),
});

const sourceKind = z.enum(['smtp', 'imap', 'feed', 'upload']);

/** Events of sources, messages and deals. */
export const dealEvents = defineEvents({
  'deal.found': { version: 1, subject: 'deal', data: dealData, about: 'A deal was found in a message.' },
  'deal.repriced': {
    version: 1,
    subject: 'deal',
    // Events of before do not tell the currency.
    data: z.object({ before: z.object({ priceMinor: z.number(), currency: z.string().optional() }), after: dealData }),
    about: 'A known deal was seen at another price.',
  },
  'deal.corrected': {
    version: 1,
    subject: 'deal',
    data: z.object({ before: dealData.partial(), after: dealData }),
    about: 'A deal was read again and corrected.',
  },
  'deal.expired': {
    version: 1,
    subject: 'deal',
    data: z.object({
      title: z.string(),
      status: z.literal('expired').optional(),
      before: z.object({ status: z.literal('active') }).optional(),
    }),
    about: 'A deal ran out.',
  },
  'deal.withdrawn': {
    version: 1,
    subject: 'deal',
    data: z.object({ title: z.string() }),
    about: 'A deal was taken back: its message, read again, does not offer it.',
  },
  'message.received': {
    version: 1,
    subject: 'message',
    data: z.object({ sourceId: z.uuid(), size: z.number().int(), subject: z.string() }),
    about: 'A message arrived.',
  },
  'message.parsed': {
    version: 1,
    subject: 'message',
    data: z.object({ sourceId: z.uuid(), state: z.enum(['parsed', 'no_deal', 'failed']), deals: z.number().int() }),
    about: 'A message was read.',
  },
  'message.refused': {
    version: 1,
    subject: 'source',
    data: z.object({
      sourceId: z.uuid(),
      subject: z.string(),
      /** Bytes. */
      size: z.number().int(),
      reason: z.string(),
    }),
    about: 'A message in a mailbox was passed over because it is too large.',
  },
  'message.downloaded': {
    version: 1,
    subject: 'message',
    data: z.object({ sourceId: z.uuid(), size: z.number().int() }),
    about: 'Somebody took the raw bytes of a message.',
  },
  'message.parse_requested': {
    version: 1,
    subject: 'message',
    data: z.object({ sourceId: z.uuid() }),
    about: 'Somebody had a message read again.',
  },
  'messages.parse_requested': {
    version: 1,
    subject: 'workspace',
    data: z.object({ sourceId: z.uuid().nullable(), outdated: z.boolean() }),
    about: 'Somebody had many messages read again: of one source or of all.',
  },
  'message.deleted': {
    version: 1,
    subject: 'message',
    /** `size` in bytes; removals of older versions do not say it. */
    data: z.object({ sourceId: z.uuid(), subject: z.string(), size: z.number().int().optional() }),
    about: 'A message was removed.',
  },
  'source.created': {
    version: 1,
    subject: 'source',
    data: z.object({ name: z.string(), kind: sourceKind }),
    about: 'A source was added.',
  },
  'source.updated': {
    version: 1,
    subject: 'source',
    data: z.object({
      name: z.string(),
      paused: z.boolean().optional(),
      changed: z.array(z.string()),
      /** Of settings, credentials and addresses nothing is told. */
      before: z.object({ name: z.string(), paused: z.boolean() }).partial().optional(),
    }),
    about: 'A source was changed, paused or resumed.',
  },
  'source.deleted': {
    version: 1,
    subject: 'source',
    data: z.object({ name: z.string() }),
    about: 'A source was removed.',
  },
  'source.failed': {
    version: 1,
    subject: 'source',
    data: z.object({
      name: z.string(),
      error: z.string(),
      state: z.literal('failing').optional(),
      before: z.object({ state: z.literal('active') }).optional(),
    }),
    about: 'A source stopped working.',
  },
  'source.recovered': {
    version: 1,
    subject: 'source',
    data: z.object({
      name: z.string(),
      state: z.literal('active').optional(),
      before: z.object({ state: z.literal('failing') }).optional(),
    }),
    about: 'A source works again.',
  },
});
