import { assemble } from './assemble.js';
import { findMonths } from './months.js';
import { dealsFromJsonLd } from './jsonld.js';
import { guessLanguage } from './language.js';
import { namesPrice } from './line.js';
import { clip, jsonLdScripts, linesOf, readableHtml } from './normalise.js';
import type { Source } from './sources.js';
import type { ParsedDeal, ParserInput } from './types.js';

/**
 * The flight deals of a mail, feed item or pasted text: none, one or many. Reads schema.org JSON-LD first, then subject and
 * text by rules, then the HTML's tables and blocks where the text gave nothing. Pure; takes time linear in the input, which
 * is clipped; never throws.
 */
export function parseDeals(input: ParserInput): ParsedDeal[] {
  const { subject, text, html } = clip(input);
  const structured = html === '' ? [] : dealsFromJsonLd(jsonLdScripts(html));
  if (structured.length > 0) return structured;
  const reference = referenceDate(input.receivedAt, text);
  const title = { name: 'subject', text: subject } as const;
  const fromText = dealsFromText(title, { name: 'text', text }, input.language, reference);
  if (fromText.length > 0 || html === '') return fromText;
  const readable = readableHtml(html);
  if (readable === '') return [];
  const body = { name: 'html', text: readable } as const;
  return dealsFromText(title, body, input.language, reference ?? referenceDate(undefined, readable));
}

function dealsFromText(
  title: Source,
  body: Source,
  stated: string | undefined,
  reference: Date | undefined,
): ParsedDeal[] {
  // Every offer has a fare, and most mails name no price at all: their places and airlines need no reading.
  if (!namesPrice(title.text) && !linesOf(body.text).some((line) => namesPrice(line.text))) return [];
  const language = stated?.slice(0, 2).toLowerCase() ?? guessLanguage(`${title.text}\n${body.text}`);
  return assemble({ title, body, language, reference });
}

/** The day from which a month without a year is counted: when it came, or the day an alert says its prices are of. */
function referenceDate(receivedAt: Date | undefined, text: string): Date | undefined {
  if (receivedAt !== undefined && !Number.isNaN(receivedAt.getTime())) return receivedAt;
  const stated = /prices updated|updated on|as of|stand(?: vom)?:|posted (?:on)?/i.exec(text);
  if (!stated) return undefined;
  const day = findMonths(text.slice(stated.index, stated.index + 60)).find(
    (mention) => mention.year !== null && mention.day !== null,
  );
  return day === undefined || day.year === null ? undefined : new Date(Date.UTC(day.year, day.month - 1, day.day ?? 1));
}
