import { createRequire } from 'node:module';

/** Signs and digits that somebody adds to a word, or puts around it, without making it much harder to guess. */
const DECORATION = 6;
/** Longer texts are not looked up: nothing that long is on the list. */
const LONGEST = 64;
/** The shortest part that is looked up; what repeats an even shorter one is easy anyway. */
const SHORTEST = 4;

const LETTERS: Record<string, string> = { '4': 'a', '@': 'a', '8': 'b', '3': 'e', '9': 'g', '0': 'o' };
const FIGURES: Record<string, string> = { ...LETTERS, $: 's', '5': 's', '7': 't', '+': 't', '2': 'z', '!': 'i' };
/** Digits and signs read as the letters they look like; a 1 is an i or an l. */
const READINGS = [
  { ...FIGURES, '1': 'i' },
  { ...FIGURES, '1': 'l' },
] as Record<string, string>[];

let words: SortedWords | undefined;

/**
 * Reads the list: 49,233 passwords that were found most often in stolen ones (the dictionary of zxcvbn-ts). It takes 0.6 MB
 * from then on, and about 0.2 s once.
 */
export function loadKnownPasswords(): void {
  words ??= new SortedWords(readList());
}

/**
 * True when a password, or one that differs from it in capitals, figures for letters, something added or repetition, is on
 * the list; also when it is a run of the alphabet or of digits, or repeats three characters.
 */
export function isKnownPassword(password: string): boolean {
  loadKnownPasswords();
  if (isRun(password) || repeated(password).length < SHORTEST) return true;
  return formsOf(password).some((form) => words?.has(form) ?? false);
}

/** True when a password is one of these words with little added: the person's name or address, the product's name. */
export function isMadeOf(password: string, own: readonly string[]): boolean {
  const forms = new Set(formsOf(password));
  return own
    .flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)])
    .map((text) => text.normalize('NFKC').toLowerCase())
    .some((text) => text.length >= SHORTEST && forms.has(text));
}

/** What a password may stand for: itself in small letters, what it repeats, without what was added, with letters for figures. */
function formsOf(password: string): string[] {
  const whole = password.normalize('NFKC').toLowerCase();
  const bases = [whole, repeated(whole)].filter((text) => text.length <= LONGEST);
  const bare = bases.flatMap((text) => [text, ...bared(text)]);
  const parts = [...bare, ...bare.map(repeated)].filter((text) => text.length >= SHORTEST);
  return [...new Set(parts.flatMap((text) => [text, ...READINGS.map((reading) => read(text, reading))]))];
}

/** The part that a text repeats, such as `abc` of `abcabcab`; the text itself when it repeats none. */
function repeated(text: string): string {
  for (let length = 1; length <= Math.min(LONGEST, text.length / 2); length++) {
    const unit = text.slice(0, length);
    if (unit.repeat(Math.ceil(text.length / length)).startsWith(text)) return unit;
  }
  return text;
}

/** The text without signs and digits at its end, at its start, and at both. */
function bared(text: string): string[] {
  const letter = (char: string | undefined) => char !== undefined && /\p{L}/u.test(char);
  let [start, end] = [0, text.length];
  while (start < end && !letter(text[start])) start++;
  while (end > start && !letter(text[end - 1])) end--;
  return [text.slice(0, end), text.slice(start), text.slice(start, end)].filter(
    (bare) => text.length - bare.length <= DECORATION,
  );
}

function read(text: string, reading: Record<string, string>): string {
  return Array.from(text, (char) => reading[char] ?? char).join('');
}

/** `abcdefghij`, `0987654321`. */
function isRun(text: string): boolean {
  const codes = Array.from(text, (char) => char.codePointAt(0) ?? 0);
  const steps = new Set(codes.slice(1).map((code, i) => code - (codes[i] ?? 0)));
  // From 9 to 0 and back the digits go on.
  for (const around of [-9, 9]) if (steps.size > 1) steps.delete(around);
  return steps.size === 1 && [-1, 0, 1].includes([...steps][0] ?? 2);
}

function readList(): string[] {
  const require = createRequire(import.meta.url);
  const { dictionary } = require('@zxcvbn-ts/language-common') as { dictionary: Record<string, string[]> };
  const list = dictionary['passwords-common'];
  if (!list) throw new Error('The list of known passwords is missing from @zxcvbn-ts/language-common.');
  // The package's strings and its other dictionaries take 4 MB, which nobody needs any more.
  for (const file of Object.keys(require.cache))
    if (file.includes('@zxcvbn-ts')) Reflect.deleteProperty(require.cache, file);
  return list;
}

/** Words in one text, with the place where each begins: a tenth of the memory that a set of strings takes. */
class SortedWords {
  private readonly text: Buffer;
  private readonly starts: Uint32Array;

  constructor(list: readonly string[]) {
    const sorted = list.map((word) => Buffer.from(word)).sort(Buffer.compare);
    this.text = Buffer.concat(sorted);
    this.starts = new Uint32Array(sorted.length + 1);
    sorted.forEach((word, i) => (this.starts[i + 1] = (this.starts[i] ?? 0) + word.length));
  }

  has(word: string): boolean {
    const wanted = Buffer.from(word);
    let [low, high] = [0, this.starts.length - 2];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const order = this.text.compare(wanted, 0, wanted.length, this.starts[middle], this.starts[middle + 1]);
      if (order === 0) return true;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }
}
