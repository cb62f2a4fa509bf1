import type { PlaceResolver } from '../context.js';

const known: Readonly<Record<string, readonly string[]>> = {
  'city:NYC': ['nyc', 'new york', '纽约'],
  'city:BOS': ['bos', 'boston'],
  'city:LIS': ['lis', 'lisbon', 'lisboa'],
  'airport:JFK': ['jfk'],
  'country:PT': ['portugal', 'country:pt', '葡萄牙'],
  'country:US': ['usa', 'country:us'],
  'region:europe': ['europe', 'region:europe'],
};

/** A gazetteer of a handful of places, for specs of the language itself. */
export const fewPlaces: PlaceResolver = {
  resolve(value) {
    const name = value.toLowerCase();
    const found = Object.entries(known).find(([key, names]) => key.toLowerCase() === name || names.includes(name));
    return found && { key: found[0], label: found[1][0] ?? found[0] };
  },
  suggest(prefix, limit) {
    return Object.entries(known)
      .filter(([, names]) => names.some((name) => name.startsWith(prefix.toLowerCase().slice(0, 3))))
      .slice(0, limit)
      .map(([key, names]) => ({ key, label: names[0] ?? key }));
  },
};
