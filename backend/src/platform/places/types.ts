/** What a place is: one airport, a city with its airports, a country, or a region (a part of a country or a group of countries). */
export type PlaceKind = 'airport' | 'city' | 'country' | 'region';

/** A place as deals, filters and the console know it. */
export interface Place {
  kind: PlaceKind;
  /** IATA code of an airport or city, ISO 3166-1 alpha-2 of a country, our own slug of a region. */
  code: string;
  /** English name. */
  name: string;
  /** ISO 3166-1 alpha-2 of the country it lies in, where it lies in one. */
  country?: string;
  /** The place itself and everything it lies in: `airport:JFK`, `city:NYC`, `country:US`, `region:north-america`. */
  keys: string[];
}

/** A place name or code found in running text; `start` and `end` are UTF-16 offsets, end exclusive. */
export interface PlaceMention {
  place: Place;
  /** All places of that name, the likeliest first: "San Jose" is one in Costa Rica and one in California. */
  candidates: Place[];
  start: number;
  end: number;
  /** An IATA code rather than a name. */
  viaCode: boolean;
  /** The name is also an everyday word or a person's name ("Nice", "Charlotte"): trust it only where a place is expected. */
  everyday: boolean;
}

/** One name of one place, split the way running text is. */
export interface PlaceName {
  text: string;
  place: Place;
  everyday: boolean;
  /** Another place is better known by it. */
  secondary: boolean;
}
