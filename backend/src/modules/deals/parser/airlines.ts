import { foldWithOffsets, fold, type Folded } from '#platform/places/index.js';
import { AIRLINE_NAMES } from './airline-names.js';

/** An airline in a text, under its canonical name. */
export interface AirlineMention {
  name: string;
  start: number;
  end: number;
}

interface Entry {
  words: string[];
  name: string;
  written: string;
  everyday: boolean;
  compact: boolean;
}

const EVERYDAY = new Set(
  'american alaska austrian swiss spirit frontier united delta southwest emirates breeze play level condor turkish thai hawaiian norwegian porter viva wow lot ana aa ba tap tui sas mea pia lan tam copa gol eva peach monarch pegasus flair qatar ethiopian swoop cathay firefly joon neos wizz norse sata csa ita s7 united'.split(
    ' ',
  ),
);
const CARRIER_WORDS =
  /^\s*(?:airlines?|airways|air\b|flights?|fares?|sale|deal|business|economy|first|premium|flüge|vuelos|vols|voli|letenky|loty|fliegt|flies|vuela|vola|létá|lata|bietet|(?:is|are) (?:having|offering|selling|showing)|has (?:a|cut|dropped|some)|verkauft|lanza|ofrece)/i;
const NATIONAL = new Set(['american', 'austrian', 'swiss', 'turkish', 'thai', 'norwegian', 'hawaiian', 'ethiopian']);

const WORD = /[a-z0-9]+/g;
const HAN = /[\u3400-\u9fff]/;

let index: { byFirst: Map<string, Entry[]>; chinese: Entry[] } | undefined;

function load(): NonNullable<typeof index> {
  const byFirst = new Map<string, Entry[]>();
  const chinese: Entry[] = [];
  for (const line of AIRLINE_NAMES.split('\n')) {
    if (line === '') continue;
    const names = line.split('|');
    const canonical = (names[0] ?? '').replace('~', '');
    for (const raw of names) {
      const written = raw.replace('~', '');
      const words = fold(written).match(/[a-z0-9]+|[\u3400-\u9fff]/g) ?? [];
      const entry = {
        words,
        name: canonical,
        written,
        everyday: EVERYDAY.has(fold(written)),
        compact: words.length === 1,
      };
      if (HAN.test(written)) chinese.push(entry);
      else byFirst.set(words[0] ?? '', [...(byFirst.get(words[0] ?? '') ?? []), entry]);
    }
  }
  for (const entries of byFirst.values()) entries.sort((a, b) => b.words.length - a.words.length);
  chinese.sort((a, b) => b.written.length - a.written.length);
  return { byFirst, chinese };
}

/**
 * Airlines in a text, left to right. A name that is also a plain word ("United", "Swiss") counts where the words around it
 * speak of flying: after "with", "on", "@" or "via", before "flights", between list marks, or at the head of a title.
 */
export function findAirlines(text: string): AirlineMention[] {
  index ??= load();
  const { byFirst, chinese } = index;
  const folded = foldWithOffsets(text);
  // Most lines name none: seen without an object for each word.
  const may = /[@#]/.test(text) || folded.text.match(WORD)?.some((word) => byFirst.has(word));
  const found = may ? inLatin(text, folded, byFirst) : [];
  for (const entry of HAN.test(text) ? chinese : []) {
    for (
      let at = text.indexOf(entry.written);
      at >= 0 && found.length < 200;
      at = text.indexOf(entry.written, at + entry.written.length)
    ) {
      const end = at + entry.written.length;
      if (!found.some((other) => other.start < end && other.end > at)) found.push({ name: entry.name, start: at, end });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

function inLatin(text: string, folded: Folded, byFirst: Map<string, Entry[]>): AirlineMention[] {
  const words = [...folded.text.matchAll(WORD)].map((match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
  const found: AirlineMention[] = [];
  for (let i = 0; i < words.length; i++) {
    const first = words[i];
    if (first === undefined) continue;
    for (const entry of byFirst.get(first.text) ?? handleEntries(byFirst, first.text, folded.text[first.start - 1])) {
      const last = words[i + entry.words.length - 1];
      if (last === undefined || !entry.words.every((word, k) => words[i + k]?.text === word)) continue;
      const start = folded.at[first.start] ?? 0;
      const end = folded.at[last.end] ?? text.length;
      if (end - start > entry.written.length + 3 || !fits(text, start, end, entry)) continue;
      found.push({ name: entry.name, start, end });
      i += entry.words.length - 1;
      break;
    }
  }
  return found;
}

/** "@TurkishAirlines" and "#AirCanada" are written without spaces. */
function handleEntries(byFirst: Map<string, Entry[]>, word: string, before: string | undefined): Entry[] {
  if (before !== '@' && before !== '#') return [];
  for (const entries of byFirst.values()) {
    const entry = entries.find((candidate) => candidate.words.length > 1 && candidate.words.join('') === word);
    if (entry) return [{ ...entry, words: [word], everyday: false }];
  }
  return [];
}

function fits(text: string, start: number, end: number, entry: Entry): boolean {
  const written = text.slice(start, end);
  const first = written[0] ?? '';
  const before = text.slice(Math.max(0, start - 14), start);
  if (/[@#]$/.test(before)) return true;
  if (first === first.toLowerCase() && first !== (entry.written[0] ?? '')) return false;
  if (entry.written.length <= 3 && written !== entry.written) return false;
  if (!entry.everyday) return true;
  const after = text.slice(end, end + 24);
  if (
    NATIONAL.has(fold(written)) &&
    /^\s+(?:cit|airports|destinations|islands?|citizens|bank|express|food|dollars|francs)/i.test(after)
  )
    return false;
  if (CARRIER_WORDS.test(after)) return true;
  if (/(?:with|on|by|via|flying|fly|mit|con|avec|z|s|with the)\s$/i.test(before) && !/^\s?(?:the|a)\b/.test(after))
    return true;
  // A list or a head: "American / Finnair – $483", "Delta: Chicago – ...", "Iberia · 1 stop".
  const headed = start === 0 || /[/|,[\]·:\n&]\s?$/.test(before) || /\b(?:and|or|und|y|e|et)\s$/i.test(before);
  return headed && /^\s?(?:[/|·:&–—-]|\.|,|and\b|or\b|\n|$)/.test(after);
}

/** All names of an airline that `findAirlines` knows under this canonical one, itself first. */
export function airlineNames(canonical: string): string[] {
  const line = AIRLINE_NAMES.split('\n').find((candidate) => candidate.split('|')[0]?.replace('~', '') === canonical);
  return line === undefined ? [canonical] : line.split('|').map((name) => name.replace('~', ''));
}
