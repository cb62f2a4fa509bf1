import type { Rates } from './money.js';

/** A place that a filter's value means. */
export interface ResolvedPlace {
  /** What rows and events hold for it: `city:NYC`, `country:PT`. */
  readonly key: string;
  readonly label: string;
}

/** Knows places by code, name, nickname and `kind:code`. */
export interface PlaceResolver {
  /** @returns undefined when no place, or no single one, is meant */
  resolve(value: string): ResolvedPlace | undefined;
  /** Places whose name begins so, best first. */
  suggest?(prefix: string, limit: number): ResolvedPlace[];
}

/** Knows people by something more readable than their id. */
export interface PersonResolver {
  /** @returns the person's id */
  resolve(value: string): string | undefined;
}

/** What the meaning of a filter depends on besides its text: whose it is and where they live. */
export interface OwnerContext {
  /** IANA time zone: what a day, and `today`, is. */
  readonly zone: string;
  /** ISO 4217 code of amounts written without one. */
  readonly currency: string;
  readonly places: PlaceResolver;
  /** The owner's user id; without it `me` is refused. */
  readonly me?: string;
  readonly people?: PersonResolver;
}

/** What a filter's answer depends on besides the row: the moment and the rates of the day. */
export interface Circumstances {
  readonly now: Date;
  readonly rates?: Rates;
}

/** Everything at once, for reading a filter and compiling it to SQL. */
export interface FilterContext extends OwnerContext, Circumstances {}
