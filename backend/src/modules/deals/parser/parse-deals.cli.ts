import { createInterface } from 'node:readline';
import { places } from '#platform/places/index.js';
import { airlineNames } from './airlines.js';
import { parseDeals, toMajor, type ParsedDeal, type ParsedPlace } from './index.js';

/** A deal as `npm run parse:deals` writes it; prices in major units, places as every IATA code they stand for. */
export function toPrediction(deal: ParsedDeal): Record<string, unknown> {
  const codes = (ends: ParsedPlace[]): string[] => [
    ...new Set(ends.flatMap((end) => (end.place ? places.iataCodes(end.place) : []))),
  ];
  // Under every name it goes by, so that who compares names need not know which one is ours.
  const airlines = deal.airlines.flatMap((airline) => airlineNames(airline));
  const { tripType, travelWindow, cabin, nonstop, price } = deal;
  const route = { originIata: codes(deal.origins), destinationIata: codes(deal.destinations) };
  return {
    ...route,
    price: toMajor(price.amount, price.currency),
    currency: price.currency,
    tripType,
    airlines,
    travelWindow,
    cabin,
    nonstop,
  };
}

/**
 * One line of `{id, title, body}` to one line of `{id, deals}`. Months without a year are counted from `published`, where the
 * item has it, else from today.
 * @throws {Error} a sentence, where the line is not such an object.
 */
export function predictLine(line: string): string {
  const item: unknown = JSON.parse(line);
  if (item === null || typeof item !== 'object' || !('id' in item))
    throw new Error('expected an object {id, title, body}');
  const field = (name: string): string => {
    const value: unknown = (item as Record<string, unknown>)[name] ?? '';
    if (typeof value !== 'string') throw new Error(`"${name}" is not a string`);
    return value;
  };
  const published = new Date(field('published'));
  const receivedAt = Number.isNaN(published.getTime()) ? new Date() : published;
  const deals = parseDeals({ subject: field('title'), text: field('body'), receivedAt });
  return JSON.stringify({ id: item.id, deals: deals.map(toPrediction) });
}

/** Reads items from standard input; a line that cannot be read is named on standard error, and the exit status is 1. */
async function main(): Promise<void> {
  let number = 0;
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    number++;
    if (line.trim() === '') continue;
    try {
      process.stdout.write(`${predictLine(line)}\n`);
    } catch (error) {
      process.stderr.write(
        `parse:deals: line ${number} was left out: ${error instanceof Error ? error.message : String(error)}\n`,
      );
      process.exitCode = 1;
    }
  }
}

if (process.argv[1]?.endsWith('parse-deals.cli.js')) await main();
