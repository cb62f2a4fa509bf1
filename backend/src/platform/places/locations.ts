import { readAirports } from './tables.js';

/** Where something lies, in degrees (WGS 84); north and east are positive. */
export interface Location {
  latitude: number;
  longitude: number;
}

let known: Map<string, Location> | undefined;

/** Where the airport or city of a key such as `city:NYC` lies; undefined for areas, and for what no airport tells. */
export function locationOf(key: string): Location | undefined {
  const [, code] = /^(?:airport|city):([A-Z]{3})$/.exec(key) ?? [];
  return code === undefined ? undefined : (known ??= read()).get(code);
}

/** A city lies where the airport of its code does, else where the first of its airports does. */
function read(): Map<string, Location> {
  const all = new Map<string, Location>();
  const rows = readAirports().flatMap((row) => {
    const [, east, north] = /^POINT \((-?[\d.]+) (-?[\d.]+)\)$/.exec(row.location) ?? [];
    return east === undefined ? [] : [{ row, at: { latitude: Number(north), longitude: Number(east) } }];
  });
  for (const { row, at } of rows) all.set(row.iata_code, at);
  for (const { row, at } of rows) if (!all.has(row.city_code)) all.set(row.city_code, at);
  return all;
}
