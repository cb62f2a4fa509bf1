import { fold, foldWithOffsets, type Folded } from './fold.js';
import { addOtherAirports, buildGazetteer, obscureNames, type Gazetteer } from './gazetteer.js';
import { NameIndex, wordsOf, type Word } from './name-index.js';
import type { Place, PlaceMention } from './types.js';

const KIND_RANK = { city: 0, country: 1, region: 2, airport: 3 } as const;

/** The gazetteer: airports, cities, countries and regions, by code, by name in eight languages, and in running text. Loads on first use. */
export class Places {
  #gazetteer: Gazetteer | undefined;
  #others = false;
  #names: NameIndex | undefined;
  #inflected: NameIndex | undefined;
  #obscure: Map<string, Place[]> | undefined;
  #suggestions: { folded: string; place: Place }[] | undefined;

  /** The place of an IATA code (the city where city and airport share one), ISO country code or region slug; case is ignored. */
  byCode(code: string): Place | undefined {
    const { byCode } = this.#data;
    const known = byCode.get(code.toUpperCase()) ?? byCode.get(code.toLowerCase());
    return known ?? (code.length === 3 ? this.#withOthers.byCode.get(code.toUpperCase()) : undefined);
  }

  /** The place of a key such as `city:NYC`; keys are exact. */
  byKey(key: string): Place | undefined {
    return this.#data.byKey.get(key) ?? (/^airport:[A-Z]{3}$/.test(key) ? this.#withOthers.byKey.get(key) : undefined);
  }

  /** Whether a code is one of our own tables' cities and airports, which are those that are commonly sold. */
  isWellKnown(code: string): boolean {
    return this.#data.known.has(code);
  }

  /** The places that bear exactly this name (case and accents ignored), the likeliest first; obscure airports last. */
  find(text: string): Place[] {
    const folded = fold(text).trim();
    const words = wordsOf(folded);
    if (words.length === 0 || words.length > 12) return [];
    for (const index of [this.#nameIndex, this.#inflectedIndex]) {
      const match = index.longestAt(folded, words, 0);
      if (match?.length === words.length && (match.exactCase === null || match.exactCase.length > 1))
        return [...match.candidates];
    }
    return this.#obscureNames.get(folded.replace(/\s+/g, ' ')) ?? [];
  }

  /**
   * Names and IATA codes within running text, left to right, never overlapping, the longest at each place.
   * Names must be capitalised (Chinese aside). With `slavic`, names bent by Czech and Polish cases are read too.
   */
  scan(text: string, options: { slavic?: boolean } = {}): PlaceMention[] {
    const folded = foldWithOffsets(text);
    const words = wordsOf(folded.text);
    const mentions: PlaceMention[] = [];
    for (let i = 0; i < words.length; i++) {
      const found = this.#mentionAt(text, folded, words, i, options.slavic === true);
      if (found === undefined) continue;
      mentions.push(found.mention);
      i += found.length - 1;
    }
    return mentions;
  }

  /** The country or region an adjective names: "Italian" (cities), "European" (airports). */
  byAdjective(text: string): Place | undefined {
    return this.#data.adjectives.get(fold(text));
  }

  /** The state or province of an abbreviation as it stands after a city and a comma: "NH", "BC"; capitals only. */
  byAbbreviation(text: string): Place | undefined {
    return this.#data.abbreviations.get(text);
  }

  /** The place a filter value means: a code, a name in any of our languages, or `kind:` before either. */
  resolve(value: string): Place | undefined {
    const [, kind, rest] = /^\s*(airport|city|country|region)\s*:\s*(.+?)\s*$/i.exec(value.slice(0, 200)) ?? [];
    const wanted = (rest ?? value).slice(0, 200).trim();
    if (wanted === '') return undefined;
    if (kind !== undefined) {
      const prefix = kind.toLowerCase();
      const slug = wanted.toLowerCase().replace(/\s+/g, '-');
      const direct = this.byKey(`${prefix}:${wanted.toUpperCase()}`) ?? this.byKey(`${prefix}:${slug}`);
      return direct ?? this.find(wanted).find((place) => place.kind === prefix) ?? this.#enclosing(wanted, prefix);
    }
    const byCode = /^[A-Z]{2,3}$/.test(wanted) ? this.byCode(wanted) : undefined;
    // "USA" is a country before it is the code of an airport that few have heard of.
    if (byCode && (wanted.length === 2 || this.isWellKnown(wanted))) return byCode;
    return this.find(wanted)[0] ?? this.byCode(wanted) ?? this.byCode(wanted.replace(/\s+/g, '-'));
  }

  /** Up to `limit` places whose name or code starts with the prefix; well-known cities first. */
  suggest(prefix: string, limit = 10): Place[] {
    const wanted = fold(prefix).trim();
    if (wanted === '' || limit <= 0) return [];
    const found: Place[] = [];
    const take = (place: Place | undefined): void => {
      if (place && !found.includes(place)) found.push(place);
    };
    if (/^[a-z]{2,3}$/.test(wanted)) take(this.byCode(wanted));
    for (const entry of this.#suggestionList) {
      if (found.length >= limit) break;
      if (entry.folded.startsWith(wanted)) take(entry.place);
    }
    return found.slice(0, limit);
  }

  /**
   * The IATA codes a place stands for: an airport its own, a city its own and its airports', and a country or region that
   * holds at most `most` listed cities theirs ("Seychelles", "Crete"); a larger one stands for none.
   */
  iataCodes(place: Place, most = 4): string[] {
    if (place.kind === 'airport') return [place.code];
    if (place.kind === 'city') {
      const airports = (this.#data.airportsOf.get(place.code) ?? []).filter((airport) => airport.code !== place.code);
      return [place.code, ...airports.map((airport) => airport.code)];
    }
    const cities = this.#data.citiesIn.get(`${place.kind}:${place.code}`) ?? [];
    return cities.length > most ? [] : cities.map((city) => city.code);
  }

  #enclosing(name: string, kind: string): Place | undefined {
    const key = this.find(name)[0]?.keys.find((candidate) => candidate.startsWith(`${kind}:`));
    return key === undefined ? undefined : this.byKey(key);
  }

  #mentionAt(
    text: string,
    folded: Folded,
    words: Word[],
    i: number,
    slavic: boolean,
  ): { mention: PlaceMention; length: number } | undefined {
    const word = words[i];
    if (word === undefined) return undefined;
    const start = folded.at[word.start] ?? 0;
    const index = [this.#nameIndex, ...(slavic ? [this.#inflectedIndex] : [])];
    const matches = index.map((names) => names.longestAt(folded.text, words, i)).filter((found) => found !== undefined);
    const match = matches.sort((a, b) => b.length - a.length)[0];
    if (match) {
      const last = words[i + match.length - 1] ?? word;
      const end = folded.at[last.end] ?? text.length;
      const first = text[start] ?? '';
      const capitalised = first !== first.toLowerCase() || first >= '\u2e80' || first === "'";
      if (capitalised && (match.exactCase === null || text.slice(start, end) === match.exactCase)) {
        const place = match.candidates[0];
        if (place)
          return {
            mention: { place, candidates: match.candidates, start, end, viaCode: false, everyday: match.everyday },
            length: match.length,
          };
      }
    }
    if (word.end - word.start !== 3) return undefined;
    const end = folded.at[word.end] ?? text.length;
    const code = text.slice(start, end);
    const place = /^[A-Z]{3}$/.test(code) ? this.byCode(code) : undefined;
    if (!place) return undefined;
    return {
      mention: { place, candidates: [place], start, end, viaCode: true, everyday: !this.isWellKnown(code) },
      length: 1,
    };
  }

  get #data(): Gazetteer {
    return (this.#gazetteer ??= buildGazetteer());
  }

  /** With the airports that few ask for; read when the first of them is. */
  get #withOthers(): Gazetteer {
    if (!this.#others) addOtherAirports(this.#data);
    this.#others = true;
    return this.#data;
  }

  get #nameIndex(): NameIndex {
    return (this.#names ??= new NameIndex(this.#data.names));
  }

  get #inflectedIndex(): NameIndex {
    return (this.#inflected ??= new NameIndex(this.#data.inflected));
  }

  get #obscureNames(): Map<string, Place[]> {
    if (this.#obscure === undefined) {
      this.#obscure = new Map();
      for (const { row, airport } of this.#withOthers.obscure) {
        for (const text of new Set(obscureNames(row)))
          this.#obscure.set(text, [...(this.#obscure.get(text) ?? []), airport]);
      }
    }
    return this.#obscure;
  }

  get #suggestionList(): { folded: string; place: Place }[] {
    return (this.#suggestions ??= this.#data.names
      .map(({ text, place }) => ({ folded: fold(text), place }))
      .sort(
        (a, b) =>
          KIND_RANK[a.place.kind] - KIND_RANK[b.place.kind] ||
          a.folded.length - b.folded.length ||
          (a.folded < b.folded ? -1 : 1),
      ));
  }
}

/** The one gazetteer of this process. */
export const places = new Places();
