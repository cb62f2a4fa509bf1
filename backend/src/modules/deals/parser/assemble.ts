import { isAlert, readAlert, saysRaised } from './alerts.js';
import { fromBody, furtherOffers } from './body-offers.js';
import { buildDeal, type DocumentContext, type Passage, type Placed } from './build-deal.js';
import { currenciesIn } from './currency-context.js';
import { isVague, type BodyLine, type Document } from './document.js';
import { fromBoth } from './joined-offers.js';
import { readLine, type LineReading } from './line.js';
import {
  alertOfRise,
  bodySaysExpired,
  isBooking,
  isOtherTrade,
  isWatched,
  refuseTitle,
  speaksOfFlying,
} from './negatives.js';
import { linesOf, type Line } from './normalise.js';
import { fromTitle, withVariants } from './title-offers.js';
import type { ParsedDeal } from './types.js';

const MAX_DEALS = 200;

/** The deals of a document by rules: an alert's blocks, or what the title offers, or what title and body say together, or the body's lines. */
export function assemble(document: Document): ParsedDeal[] {
  const { title, body, language } = document;
  const context: DocumentContext = {
    language,
    named: currenciesIn(`${title.text}\n${body.text.slice(0, 8000)}`),
    reference: document.reference,
  };
  if (isAlert(title.text, body.text)) {
    const alerted = build(alertOffers(document), context);
    if (alerted.length > 0 || saysRaised(body.text)) return alerted;
  }
  const head = readLine(title.text, language);
  if (refused(title.text, head) || bodySaysExpired(body.text)) return [];
  if (isBooking(title.text, body.text) || alertOfRise(title.text, body.text)) return [];
  // Insurance, parcels, lounges: such a mail offers a flight only where its title does, in so many words.
  const titleSells = head.offers.length > 0 && speaksOfFlying(title.text);
  if (!titleSells && isOtherTrade(head.offers.length > 0 ? `${title.text}\n${body.text.slice(0, 400)}` : title.text))
    return [];
  const lines = linesOf(body.text).map((line): BodyLine => ({ ...readLine(line.text, language), start: line.start }));
  const flying =
    speaksOfFlying(`${title.text}\n${body.text.slice(0, 6000)}`) ||
    head.airlines.length > 0 ||
    lines.slice(0, 40).some((line) => line.airlines.length > 0) ||
    listsRoutes(lines);
  if (head.offers.length > 0) {
    const titled = withVariants(document, fromTitle(document, head, lines, flying), lines);
    return build([...titled, ...furtherOffers(document, head, lines)], context);
  }
  const joined = fromBoth(document, head, lines);
  if (joined.length > 0) return flying ? build(joined, context) : [];
  const listed = flying ? build(fromBody(document, head, lines), context) : [];
  // "10 € off": what the code may be used for is no offer, a list of fares is.
  const discount =
    !isWatched(title.text) && (/\d\s?%/.test(title.text) || head.prices.some((price) => price.role === 'discount'));
  return discount && listed.length < 2 ? [] : listed;
}

/** A short text whose line, or a list of which two lines, name two cities and a fare need not say that one flies there. */
function listsRoutes(lines: readonly BodyLine[]): boolean {
  const rows = lines.filter(
    (line) =>
      line.text.length < 90 &&
      line.offers.some((offer) =>
        [...offer.route.origins, ...offer.route.destinations].every((end) => !isVague(end) && !end.weak),
      ),
  );
  return rows.length >= 2 || (rows.length === 1 && lines.length <= 3);
}

/** A title that names a code to be entered but also a whole route and its fare is still a fare. */
function refused(title: string, head: LineReading): boolean {
  const refusal = refuseTitle(title);
  return refusal !== undefined && !((refusal === 'voucher' || refusal === 'news') && head.offers.length > 0);
}

function build(placed: Placed[], context: DocumentContext): ParsedDeal[] {
  const deals = new Map<string, ParsedDeal>();
  for (const one of placed.slice(0, MAX_DEALS * 2)) {
    const deal = buildDeal(one, context);
    if (!deal || deal.destinations.length === 0) continue;
    const ends = [deal.origins, deal.destinations].map((side) =>
      side
        .map((end) => end.place?.code ?? end.text.toLowerCase())
        .sort()
        .join(','),
    );
    const key = `${ends.join('>')}|${deal.price.amount}${deal.price.currency}|${deal.cabin}`;
    if (!deals.has(key) && deals.size < MAX_DEALS) deals.set(key, deal);
  }
  return [...deals.values()];
}

function alertOffers(document: Document): Placed[] {
  const { title, body, language } = document;
  return readAlert(title.text, body.text, language).map(({ offer, priceLine, routeLine, row, context }): Placed => {
    const passage = (line: Line): Passage => ({ source: body, start: line.start, end: line.start + line.text.length });
    return {
      offer,
      source: body,
      priceLine,
      routeLine: Math.max(0, routeLine),
      ...(routeLine < 0 ? { routeSource: title } : {}),
      passages: [...(row ? [passage({ text: row.text, start: row.start })] : []), ...context.map(passage)],
      confidence: 0.9,
    };
  });
}
