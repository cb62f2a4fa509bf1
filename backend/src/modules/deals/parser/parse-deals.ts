import { assemble } from './assemble.js';
import { findMonths } from './months.js';
import { dealsFromJsonLd } from './jsonld.js';
import { guessLanguage } from './language.js';
import { clip, jsonLdScripts, readableHtml } from './normalise.js';
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
  const language = input.language?.slice(0, 2).toLowerCase() ?? guessLanguage(`${subject}\n${text}`);
  const title = { name: 'subject', text: subject } as const;
  const reference = referenceDate(input.receivedAt, text);
  const fromText = assemble({ title, body: { name: 'text', text }, language, reference });
  if (fromText.length > 0 || html === '') return fromText;
  const readable = readableHtml(html);
  if (readable === '') return [];
  const htmlLanguage = input.language ? language : guessLanguage(`${subject}\n${readable}`);
  return assemble({
    title,
    body: { name: 'html', text: readable },
    language: htmlLanguage,
    reference: reference ?? referenceDate(undefined, readable),
  });
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
