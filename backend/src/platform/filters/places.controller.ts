import { Controller, Get } from '@nestjs/common';
import { z } from 'zod';
import { Endpoint, Input } from '#platform/http/index.js';
import { places } from '#platform/places/index.js';

const placesQuery = z.strictObject({
  begins: z.string().trim().min(1).max(100).describe('The beginning of a name, in any of our languages, or a code.'),
  limit: z.coerce.number().int().min(1).max(50).default(10),
});

const foundPlaces = z.object({
  items: z.array(
    z.object({
      key: z.string().describe('What a filter may say: city:LIS.'),
      name: z.string().describe('In English.'),
      kind: z.enum(['airport', 'city', 'country', 'region']),
      country: z.string().nullable().describe('ISO 3166-1 alpha-2, where it lies in one.'),
    }),
  ),
});

/** The places that filters know, for whoever writes one. */
@Controller('places')
export class PlacesController {
  @Get()
  @Endpoint({
    permission: 'self',
    summary: 'Places by the beginning of their name or by code',
    description:
      'For completing a filter as it is written: well-known cities first, then countries, regions, airports.',
    query: placesQuery,
    response: foundPlaces,
    example: { items: [{ key: 'city:LIS', name: 'Lisbon', kind: 'city', country: 'PT' }] },
  })
  list(@Input.query() { begins, limit }: z.infer<typeof placesQuery>): z.infer<typeof foundPlaces> {
    const found = places.suggest(begins, limit);
    return {
      items: found.map(({ kind, code, name, country }) => ({
        key: `${kind}:${code}`,
        name,
        kind,
        country: country ?? null,
      })),
    };
  }
}
