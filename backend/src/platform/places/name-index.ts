import { fold } from './fold.js';
import type { Place, PlaceName } from './types.js';

/** A name as a row of words; the gap before a word says whether a comma or a dash may stand there. */
interface Phrase {
  words: string[];
  /** Folded text between the words, without spaces. */
  gaps: string[];
  candidates: Place[];
  everyday: boolean;
  /** Two or three capital letters ("UK"): only matched in capitals. */
  exactCase: string | null;
}

/** One word of running text: folded, with offsets in the folded text. */
export interface Word {
  text: string;
  start: number;
  end: number;
}

/** What `longestAt` found. */
export interface NameMatch {
  candidates: Place[];
  everyday: boolean;
  /** How many words, or how many characters of Chinese, the name took. */
  length: number;
  exactCase: string | null;
}

const HAN = /[\u3400-\u9fff]/;
const WORD = /[a-z0-9]+|[^\x00-\x7f\s\u2000-\u206f\u3000-\u303f\uff00-\uffef]/g;

/** Splits folded text into words; every Han character is a word of its own. */
export function wordsOf(folded: string): Word[] {
  const words: Word[] = [];
  for (const match of folded.matchAll(WORD))
    words.push({ text: match[0], start: match.index, end: match.index + match[0].length });
  return words;
}

/** Names by their first word, longest first, so that a scan of running text is linear in its words. */
export class NameIndex {
  readonly #byFirst = new Map<string, Phrase[]>();

  constructor(names: Iterable<PlaceName>) {
    const all = [...names];
    for (const { text, place, everyday } of [
      ...all.filter((name) => !name.secondary),
      ...all.filter((name) => name.secondary),
    ]) {
      for (const spelling of spellings(text)) this.#add(spelling, text, place, everyday);
    }
    for (const phrases of this.#byFirst.values()) phrases.sort((a, b) => b.words.length - a.words.length);
  }

  /** The longest name that starts at word `at`, or undefined. */
  longestAt(folded: string, words: Word[], at: number): NameMatch | undefined {
    for (const phrase of this.#byFirst.get(words[at]?.text ?? '') ?? []) {
      if (this.#matches(phrase, folded, words, at)) {
        return {
          candidates: phrase.candidates,
          everyday: phrase.everyday,
          length: phrase.words.length,
          exactCase: phrase.exactCase,
        };
      }
    }
    return undefined;
  }

  #matches(phrase: Phrase, folded: string, words: Word[], at: number): boolean {
    for (let i = 1; i < phrase.words.length; i++) {
      const word = words[at + i];
      const before = words[at + i - 1];
      if (word === undefined || before === undefined || word.text !== phrase.words[i]) return false;
      const gap = folded.slice(before.end, word.start);
      if (!gapFits(gap, phrase.gaps[i] ?? '')) return false;
    }
    return true;
  }

  #add(spelling: string, text: string, place: Place, everyday: boolean): void {
    const words = wordsOf(spelling);
    const first = words[0]?.text;
    if (first === undefined) return;
    const gaps = words.map((word, i) => (i === 0 ? '' : spelling.slice(words[i - 1]?.end, word.start).trim()));
    const key = words.map((word) => word.text).join(' ');
    const phrases = this.#byFirst.get(first) ?? [];
    this.#byFirst.set(first, phrases);
    const known = phrases.find((phrase) => phrase.words.join(' ') === key);
    if (known) {
      if (!known.candidates.includes(place)) known.candidates.push(place);
      known.everyday &&= everyday;
      return;
    }
    const exactCase = /^[A-Z]{2,4}$/.test(text) ? text : null;
    phrases.push({ words: words.map((word) => word.text), gaps, candidates: [place], everyday, exactCase });
  }
}

/** The folded name, and for German umlauts the form without them ("muenchen"). */
function spellings(text: string): string[] {
  const plain = fold(text);
  if (!/[äöüÄÖÜ]/.test(text)) return [plain];
  const written = text.replace(/[äÄ]/g, 'ae').replace(/[öÖ]/g, 'oe').replace(/[üÜ]/g, 'ue');
  return [plain, fold(written)];
}

function gapFits(gap: string, wanted: string): boolean {
  if (gap.length > 4 || gap.includes('\n')) return false;
  if (gap === '') return HAN.test(wanted) || wanted === '';
  if (gap.includes(',') || gap.includes('(')) return wanted.includes(',') && !gap.includes('(');
  if (/\s[-–—/&]|[–—/&]\s?/.test(gap)) return /[-–/&]/.test(wanted);
  return /^[\s.'’‘`-]+$/.test(gap);
}
