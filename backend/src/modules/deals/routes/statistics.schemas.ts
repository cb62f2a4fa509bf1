import { z } from 'zod';
import { isCurrency } from '#contract/filter/index.js';
import { places } from '#platform/places/index.js';
import { cityKey } from './route-prices.js';

const place = z
  .string()
  .min(1)
  .max(200)
  .transform((text, context) => {
    const found = places.resolve(text);
    if (found) return cityKey(`${found.kind}:${found.code}`);
    context.addIssue({
      code: 'custom',
      message: 'is no place that is known: use a name, an IATA code, or a key such as city:NYC',
    });
    return z.NEVER;
  })
  .describe('A city or airport, by name, code or key.');

const zone = z
  .string()
  .max(64)
  .default('UTC')
  .refine(
    (name) => Intl.supportedValuesOf('timeZone').includes(name) || name === 'UTC',
    'must be an IANA time zone such as Europe/Lisbon',
  )
  .describe('The time zone whose days are counted.');

const days = z.coerce.number().int().min(1).max(730).default(90).describe('How many days back.');

export const routePricesQuery = z.strictObject({
  origin: place,
  destination: place,
  currency: z.string().toUpperCase().refine(isCurrency, 'must be an ISO 4217 code').default('USD'),
  tripType: z.enum(['roundtrip', 'oneway']).default('roundtrip'),
  cabin: z.enum(['economy', 'premium', 'business', 'first']).default('economy'),
  zone,
  days,
});

export const popularQuery = z.strictObject({ days, limit: z.coerce.number().int().min(1).max(100).default(20) });
export const perDayQuery = z.strictObject({ days, zone });

const money = z.int().describe('In minor units.');

export const routePrices = z.object({
  origin: z.string(),
  destination: z.string(),
  currency: z.string(),
  summary: z.object({
    prices: z.int(),
    lowest: money.nullable(),
    median: z.number().nullable(),
    mean: z.number().nullable(),
    deviation: z.number().nullable(),
  }),
  days: z.array(z.object({ day: z.string(), prices: z.int(), lowest: money, median: z.number() })),
});

export const popularDestinations = z.object({
  items: z.array(
    z.object({
      destination: z.string(),
      name: z.string().nullable(),
      latitude: z.number().nullable().describe('Degrees, north positive; null where no airport tells where it lies.'),
      longitude: z.number().nullable().describe('Degrees, east positive.'),
      deals: z.int(),
      lowest: z.array(z.object({ currency: z.string(), priceMinor: money })),
    }),
  ),
});

export const dealsPerDay = z.object({
  items: z.array(z.object({ day: z.string(), sourceId: z.uuid(), sourceName: z.string(), deals: z.int() })),
});

export type RoutePricesQuery = z.infer<typeof routePricesQuery>;
export type PopularQuery = z.infer<typeof popularQuery>;
export type PerDayQuery = z.infer<typeof perDayQuery>;
export type RoutePricesView = z.infer<typeof routePrices>;
export type PopularView = z.infer<typeof popularDestinations>;
export type PerDayView = z.infer<typeof dealsPerDay>;
