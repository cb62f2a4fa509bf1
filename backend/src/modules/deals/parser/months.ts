import { fold } from '#platform/places/index.js';

/** Folded month names and their common short forms, in the languages read, to 1..12. */
const MONTHS = new Map<string, number>();
const TABLE: string[][] = [
  [
    'january',
    'jan',
    'januar',
    'janner',
    'enero',
    'ene',
    'janvier',
    'janv',
    'gennaio',
    'gen',
    'styczen',
    'stycznia',
    'styczniu',
    'leden',
    'ledna',
    'lednu',
  ],
  [
    'february',
    'feb',
    'februar',
    'febrero',
    'fevrier',
    'fevr',
    'febbraio',
    'luty',
    'lutego',
    'lutym',
    'unor',
    'unora',
    'unoru',
  ],
  ['march', 'mar', 'marz', 'maerz', 'marzo', 'mars', 'marzec', 'marca', 'marcu', 'brezen', 'brezna', 'breznu'],
  [
    'april',
    'apr',
    'abril',
    'abr',
    'avril',
    'avr',
    'aprile',
    'kwiecien',
    'kwietnia',
    'kwietniu',
    'duben',
    'dubna',
    'dubnu',
  ],
  ['may', 'mai', 'mayo', 'maggio', 'mag', 'maj', 'maja', 'maju', 'kveten', 'kvetna', 'kvetnu'],
  [
    'june',
    'jun',
    'juni',
    'junio',
    'juin',
    'giugno',
    'giu',
    'czerwiec',
    'czerwca',
    'czerwcu',
    'cerven',
    'cervna',
    'cervnu',
  ],
  [
    'july',
    'jul',
    'juli',
    'julio',
    'juillet',
    'juil',
    'luglio',
    'lug',
    'lipiec',
    'lipca',
    'lipcu',
    'cervenec',
    'cervence',
    'cervenci',
  ],
  ['august', 'aug', 'agosto', 'ago', 'aout', 'sierpien', 'sierpnia', 'sierpniu', 'srpen', 'srpna', 'srpnu'],
  [
    'september',
    'sept',
    'sep',
    'septiembre',
    'septembre',
    'settembre',
    'set',
    'wrzesien',
    'wrzesnia',
    'wrzesniu',
    'zari',
  ],
  [
    'october',
    'oct',
    'oktober',
    'okt',
    'octubre',
    'octobre',
    'ottobre',
    'ott',
    'pazdziernik',
    'pazdziernika',
    'pazdzierniku',
    'rijen',
    'rijna',
    'rijnu',
  ],
  ['november', 'nov', 'noviembre', 'novembre', 'listopad', 'listopada', 'listopadzie', 'listopadu'],
  [
    'december',
    'dec',
    'dezember',
    'dez',
    'diciembre',
    'dic',
    'decembre',
    'dicembre',
    'grudzien',
    'grudnia',
    'grudniu',
    'prosinec',
    'prosince',
    'prosinci',
  ],
];
TABLE.forEach((names, i) => names.forEach((name) => MONTHS.set(name, i + 1)));
/** Short forms that are words of their own; they need a number, a dash or another month beside them. */
const AMBIGUOUS = new Set([
  'may',
  'mar',
  'mai',
  'gen',
  'set',
  'mag',
  'ago',
  'mars',
  'maj',
  'maja',
  'ene',
  'jun',
  'march',
  'sep',
  'lug',
  'marca',
  'avr',
]);

/** A month in a text, with the day, the weekday and the year that stand beside it. */
export interface MonthMention {
  /** 0 is Sunday, where one stands before the date. */
  weekday: number | null;
  month: number;
  year: number | null;
  start: number;
  end: number;
  day: number | null;
}

/** Two digits. */
export const pad = (n: number): string => String(n).padStart(2, '0');

/** Months that a text names, with a day and a year where they stand beside them. */
export function findMonths(text: string): MonthMention[] {
  const found: MonthMention[] = [];
  const add = (mention: MonthMention): void => {
    if (found.length < 200) found.push(mention);
  };
  for (const match of text.matchAll(/[A-Za-zÀ-ž]{3,12}/g)) {
    const name = fold(match[0]);
    const month = MONTHS.get(name);
    if (month === undefined) continue;
    const before = text.slice(Math.max(0, match.index - 12), match.index);
    const tail = text.slice(match.index + match[0].length, match.index + match[0].length + 16);
    const dayBefore = /(\d{1,2})(?:st|nd|rd|th|\.|º)?\s?(?:de |of )?$/.exec(before);
    const dayAfter = /^\.?\s(\d{1,2})(?:st|nd|rd|th)?(?![\d:%€])/.exec(tail);
    const year = /^\.?,?\s?(?:\d{1,2}(?:st|nd|rd|th)?,?\s|de\s|of\s)?['’]?(20\d{2}|(?<=['’])\d{2})(?!\d)/.exec(tail);
    const capital = match[0][0] !== match[0][0]?.toLowerCase();
    if (AMBIGUOUS.has(name) && !dayBefore && !dayAfter && !year && !besideMonthOrDash(before, tail, capital)) continue;
    const yearValue = year?.[1] === undefined ? null : Number(year[1].length === 2 ? `20${year[1]}` : year[1]);
    const day = Number(dayBefore?.[1] ?? dayAfter?.[1] ?? 0);
    add({
      month,
      year: yearValue,
      day: day >= 1 && day <= 31 ? day : null,
      weekday: weekdayBefore(before),
      start: match.index,
      end: match.index + match[0].length + (year?.[0].length ?? 0),
    });
  }
  for (const match of text.matchAll(
    /(?<!\d)(?:(20\d{2})年)?(1[0-2]|[1-9])(?:月|(?=[-–至到](?:1[0-2]|[1-9])月))(?:(\d{1,2})日)?/g,
  )) {
    add({
      month: Number(match[2]),
      year: match[1] ? Number(match[1]) : null,
      day: match[3] ? Number(match[3]) : null,
      weekday: null,
      start: match.index,
      end: match.index + match[0].length,
    });
  }
  for (const match of text.matchAll(/(?<![\d.])(\d{1,2})\.(1[0-2]|0?[1-9])\.(20\d{2})?(?!\d)/g)) {
    add({
      month: Number(match[2]),
      year: match[3] ? Number(match[3]) : null,
      day: Number(match[1]),
      weekday: null,
      start: match.index,
      end: match.index + match[0].length,
    });
  }
  return found.sort((a, b) => a.start - b.start);
}

const WEEKDAY = /(?<!\p{L})((?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6})\.?,?\s(?:\d{1,2}\s)?$/iu;

function weekdayBefore(before: string): number | null {
  const name = WEEKDAY.exec(before)?.[1]?.slice(0, 2).toLowerCase();
  const at = name === undefined ? -1 : ['su', 'mo', 'tu', 'we', 'th', 'fr', 'sa'].indexOf(name);
  return at < 0 ? null : at;
}

function besideMonthOrDash(before: string, tail: string, capital: boolean): boolean {
  if ([...`${before} ${tail}`.matchAll(/[A-Za-zÀ-ž]{3,12}/g)].some((match) => MONTHS.has(fold(match[0])))) return true;
  if (!capital) return false;
  const led = /[-–/(]\s?$|\b(?:in|for|from|until|to|and|through|early|late|mid|en|im|de|w|v)\s$/i;
  return /^\s?[-–/]/.test(tail) || led.test(before);
}

/** `YYYY-MM` of a month without a year: the first such month that is not before the reference month. */
export function dated(month: number, year: number | null, reference: Date | undefined): string | undefined {
  if (year !== null) return `${year}-${pad(month)}`;
  if (reference === undefined || Number.isNaN(reference.getTime())) return undefined;
  const now = reference.getUTCFullYear() * 12 + reference.getUTCMonth();
  const then = reference.getUTCFullYear() * 12 + month - 1;
  return `${reference.getUTCFullYear() + (then < now ? 1 : 0)}-${pad(month)}`;
}
