import type { Found } from './fare-terms.js';
import { dated, findMonths, pad, type MonthMention } from './months.js';

const TRAVEL =
  /availab|travel|dates?\b|depart|between|valid|fly\b|flights? in|reise|zeitraum|termine|fechas|viaja|volar|dates de|período|period|terminy|termín|odlet|lotów|出发|旅行|in the months|return/i;
const NOT_TRAVEL =
  /\b(?:update|updated|posted|published|expires?|book by|book until|sale ends|bis zum|buchbar bis|reservar? hasta|on sale|as of|gmt|prices updated)\b|更新|预订/i;

/**
 * The months of travel that a text states. Takes months in the same line as words of travel or in the line after them, and in
 * titles ("(Nov-Dec dates)"); a year beside any of them serves all. Without a year, the next such month after `reference`.
 */
export function findTravelWindow(
  text: string,
  reference: Date | undefined,
  titleLength: number,
): Found<{ from: string; to: string }> | undefined {
  const usable = findMonths(text).filter((mention) => isTravel(text, mention, titleLength));
  const first = usable[0];
  const last = usable.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const stated = usable.find((mention) => mention.year !== null);
  let year = first.year ?? stated?.year ?? bareYear(text, usable) ?? yearByWeekday(first, reference);
  // "Nov, Dec and January 2027": the year is that of the last month.
  if (year !== null && first.year === null && stated && stated.month < first.month && wraps(text, first, stated))
    year -= 1;
  const start = dated(first.month, year, reference);
  if (start === undefined) return undefined;
  const months = [start];
  let current = Number(start.slice(0, 4));
  for (const [i, mention] of usable.entries()) {
    const before = usable[i - 1];
    if (mention.year !== null) current = mention.year;
    else if (before && mention.month < before.month && wraps(text, before, mention)) current++;
    months.push(`${current}-${pad(mention.month)}`);
  }
  months.sort();
  return { value: { from: months[0] ?? start, to: months.at(-1) ?? start }, start: first.start, end: last.end };
}

/** Whether a smaller month after a greater one lies in the next year: a span ("Oct - Mar") or a long step back does. */
function wraps(text: string, before: MonthMention, after: MonthMention): boolean {
  const gap = text.slice(before.end, after.start);
  const span = gap.length <= 16 && /[-–至到]|\b(?:to|bis|al?|až|do|through|until)\b/.test(gap);
  return span || before.month - after.month >= 5;
}

/** The year nearest to the next such date in which a stated weekday falls on its day: "Thu, Oct 30" is in 2025, not in 2026. */
function yearByWeekday(exact: MonthMention, reference: Date | undefined): number | null {
  const next = exact.weekday === null || exact.day === null ? undefined : dated(exact.month, null, reference);
  if (next === undefined) return null;
  const fits = (year: number): boolean =>
    new Date(Date.UTC(year, exact.month - 1, exact.day ?? 1)).getUTCDay() === exact.weekday;
  const expected = Number(next.slice(0, 4));
  return [0, -1, 1, -2, 2, -3, 3].map((shift) => expected + shift).find((year) => fits(year)) ?? null;
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
    if (day === undefined || day.day === null) continue;
    const month = dated(day.month, day.year, reference);
    if (month !== undefined) return { value: `${month}-${pad(day.day)}`, start: match.index, end: after + day.end };
  }
  return undefined;
}
