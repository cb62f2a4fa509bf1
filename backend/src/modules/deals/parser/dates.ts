import { fold } from '#platform/places/index.js';
import type { Found } from './fare-terms.js';

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

interface MonthMention {
  /** 0 is Sunday, where one stands before the date. */
  weekday: number | null;
  month: number;
  year: number | null;
  start: number;
  end: number;
  day: number | null;
}

const pad = (n: number): string => String(n).padStart(2, '0');

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
    if (AMBIGUOUS.has(name) && !dayBefore && !dayAfter && !year && !(capital && besideMonthOrDash(before, tail)))
      continue;
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

function besideMonthOrDash(before: string, tail: string): boolean {
  const near = [...`${before} ${tail}`.matchAll(/[A-Za-zÀ-ž]{3,12}/g)].some((match) => MONTHS.has(fold(match[0])));
  return (
    near ||
    /^\s?[-–/]/.test(tail) ||
    /[-–/(]\s?$/.test(before) ||
    /\b(?:in|for|from|until|to|and|through|early|late|mid|en|im|de|w|v)\s$/i.test(before)
  );
}

const TRAVEL =
  /availab|travel|dates?\b|depart|between|valid|fly\b|flights? in|reise|zeitraum|termine|fechas|viaja|volar|dates de|período|period|terminy|termín|odlet|lotów|出发|旅行|in the months|return/i;
const NOT_TRAVEL =
  /\b(?:update|updated|posted|published|expires?|book by|book until|sale ends|bis zum|buchbar bis|reservar? hasta|on sale|as of|gmt|prices updated)\b|更新|预订/i;

/** `YYYY-MM` of a month without a year: the first such month that is not before the reference month. */
function dated(month: number, year: number | null, reference: Date | undefined): string | undefined {
  if (year !== null) return `${year}-${pad(month)}`;
  if (reference === undefined || Number.isNaN(reference.getTime())) return undefined;
  const now = reference.getUTCFullYear() * 12 + reference.getUTCMonth();
  const then = reference.getUTCFullYear() * 12 + month - 1;
  return `${reference.getUTCFullYear() + (then < now ? 1 : 0)}-${pad(month)}`;
}

/**
 * The months of travel that a text states. Takes months in the same line as words of travel or in the line after them, and in
 * titles ("(Nov-Dec dates)"); a year beside any of them serves all. Without a year, the next such month after `reference`.
 */
export function findTravelWindow(
  text: string,
  reference: Date | undefined,
  titleLength: number,
): Found<{ from: string; to: string }> | undefined {
  const all = findMonths(text);
  if (all.length === 0) return undefined;
  const usable = all.filter((mention) => isTravel(text, mention, titleLength));
  const first = usable[0];
  const last = usable.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const yearOf = usable.find((mention) => mention.year !== null)?.year ?? bareYear(text, usable);
  const months = usable.map((mention) => ({ month: mention.month, year: mention.year }));
  let year = months[0]?.year ?? yearOf;
  if (
    year !== null &&
    months[0]?.year == null &&
    (months.find((m) => m.year !== null)?.month ?? 13) < (months[0]?.month ?? 0)
  )
    year -= 1;
  const from = dated(first.month, year ?? yearByWeekday(usable, reference), reference);
  if (from === undefined) return undefined;
  let to = from;
  for (const { month, year: own } of months) {
    const base = Number(from.slice(0, 4));
    const value =
      own === null
        ? `${month < first.month && yearOf === null ? base + 1 : month < first.month && monotonic(usable) ? base + 1 : base}-${pad(month)}`
        : `${own}-${pad(month)}`;
    if (value > to) to = value;
  }
  return { value: { from, to }, start: first.start, end: last.end };
}

/** The year nearest to the next such date in which a stated weekday falls on its day: "Thu, Oct 30" is in 2025, not in 2026. */
function yearByWeekday(mentions: MonthMention[], reference: Date | undefined): number | null {
  const exact = mentions[0]?.weekday != null && mentions[0].day !== null ? mentions[0] : undefined;
  const next = exact && dated(exact.month, null, reference);
  if (!exact || next === undefined) return null;
  const fits = (year: number): boolean =>
    new Date(Date.UTC(year, exact.month - 1, exact.day ?? 1)).getUTCDay() === exact.weekday;
  const expected = Number(next.slice(0, 4));
  return [0, -1, 1, -2, 2, -3, 3].map((shift) => expected + shift).find((year) => fits(year)) ?? null;
}

/** Whether the months run forward at most once over a year's end, as a span does ("Nov, Dec, Jan"). */
function monotonic(mentions: MonthMention[]): boolean {
  let drops = 0;
  for (let i = 1; i < mentions.length; i++) if ((mentions[i]?.month ?? 0) < (mentions[i - 1]?.month ?? 0)) drops++;
  return drops === 1;
}

function bareYear(text: string, mentions: MonthMention[]): number | null {
  const start = mentions[0]?.start ?? 0;
  const near = /(?<!\d)(20[12]\d)(?!\d|\s?(?:€|\$|£))/.exec(
    text.slice(Math.max(0, start - 40), (mentions.at(-1)?.end ?? start) + 12),
  );
  return near ? Number(near[1]) : null;
}

function isTravel(text: string, mention: MonthMention, titleLength: number): boolean {
  const lineStart = text.lastIndexOf('\n', mention.start - 1) + 1;
  const lineEnd = text.indexOf('\n', mention.end);
  const line = text.slice(
    Math.max(lineStart, mention.start - 200),
    Math.min(lineEnd < 0 ? text.length : lineEnd, mention.end + 60),
  );
  if (NOT_TRAVEL.test(text.slice(Math.max(lineStart, mention.start - 60), mention.start))) return false;
  if (mention.start < titleLength) return true;
  if (TRAVEL.test(line)) return true;
  const above = text.slice(Math.max(0, lineStart - 400), lineStart);
  return line.length < 120 && TRAVEL.test(above.split('\n').slice(-13).join('\n'));
}

const BOOK_BY =
  /(?:book(?:ing)?(?: by| before| until| through)|sale ends(?: on)?|offer ends(?: on)?|buy by|ticket by|buchbar bis(?: zum)?|buchen bis(?: zum)?|reserva(?:r)? (?:hasta|antes del)(?: el)?|réserve[rz] avant(?: le)?|jusqu'au|prenota(?:re)? entro(?: il)?|rezerwuj do|rezervujte do|预订截止|截止)\s*:?\s*/gi;

/** The last day of booking, where a day and a month follow words that say so. */
export function findBookBy(text: string, reference: Date | undefined): Found<string> | undefined {
  for (const match of text.matchAll(BOOK_BY)) {
    const after = match.index + match[0].length;
    const day = findMonths(text.slice(after, after + 40)).find((mention) => mention.day !== null && mention.start < 24);
    if (day?.day == null) continue;
    const month = dated(day.month, day.year, reference);
    if (month !== undefined) return { value: `${month}-${pad(day.day)}`, start: match.index, end: after + day.end };
  }
  return undefined;
}
