import { findCabin, findNonstop, findTripType } from './fare-terms.js';
import { findMonths } from './months.js';
import { readLine, type LineReading, type Offer } from './line.js';
import { linesOf, type Line } from './normalise.js';
import type { PriceMention } from './prices.js';
import type { Route } from './route.js';

/** An offer out of a price alert, with what its block says; offsets are the text's. */
export interface AlertOffer {
  offer: Offer;
  /** Offset of the line that holds the price. */
  priceLine: number;
  /** Offset of the line that holds the route. */
  routeLine: number;
  /** The flight's own line: airline, stops, airports. */
  row: (LineReading & { start: number }) | undefined;
  /** The block: header, dates, cabin. */
  context: Line[];
}

const ALERT =
  /google flights|google flüge|tracked (?:flight|route)|price (?:alert|change|drop|tracking|update)|prices? (?:for|of) your|we(?:'|’)ve found some great prices|preisalarm|preisänderung|alerta de precio|alerte (?:de )?prix|avviso (?:di )?prezz|hlíd(?:ač|ání) cen|alert cenowy|价格提醒|降价提醒/i;
const DROPPED = /↓|▼|⬇|\b(?:dropped|down|decreased|lowered|fell|gesunken|bajado|baissé|sceso)\b|降/i;
const RAISED = /↑|▲|⬆|\b(?:increased|up|rose|risen|gestiegen|subido|augmenté)\b|涨/i;
const GREAT = /great prices?|low prices?|lowest|cheapest|save \d|deals?\b|günstig/i;
const FLIGHT_ROW = /\b[A-Z]{3}\s?[–—→-]\s?[A-Z]{3}\b/;

interface Row extends LineReading {
  start: number;
}

/** Whether a mail is a price alert of a flight search: many small blocks, each a route and the fares that changed. */
export const isAlert = (subject: string, text: string): boolean =>
  ALERT.test(`${subject}\n${text.slice(0, 3000)}`) && /·|↓|\(dropped|\bdropped (?:from|to|by)\b/.test(text);

/** Whether an alert tells of a fare that rose. */
export const saysRaised = (text: string): boolean => RAISED.test(text);

/**
 * Reads a price alert block by block. A drop (an arrow, "dropped from") or a row of "great prices" is an offer; an increase is
 * not, nor is a fare listed below the one that dropped.
 */
export function readAlert(subject: string, text: string, language: string): AlertOffer[] {
  const offers: AlertOffer[] = [];
  const great =
    GREAT.test(`${subject}\n${text.slice(0, 600)}`) &&
    !/price change|have changed|has changed/i.test(text.slice(0, 1500));
  for (const block of blocksOf(subject, text, language)) offers.push(...readBlock(block, great));
  return offers;
}

interface Block {
  header: Row | undefined;
  route: Route;
  rows: Row[];
}

function blocksOf(subject: string, text: string, language: string): Block[] {
  const blocks: Block[] = [];
  const opening = readLine(subject, language);
  const openingRoute = opening.reading.routes[0];
  let block: Block | undefined = openingRoute ? { header: undefined, route: openingRoute, rows: [] } : undefined;
  if (block) blocks.push(block);
  for (const line of linesOf(text)) {
    const row: Row = { ...readLine(line.text, language), start: line.start };
    const route = row.reading.routes[0];
    if (route && line.text.length < 160 && !FLIGHT_ROW.test(line.text)) {
      block = { header: row, route, rows: [] };
      blocks.push(block);
    }
    block?.rows.push(row);
  }
  return blocks;
}

function readBlock(block: Block, great: boolean): AlertOffer[] {
  const priced = block.rows.flatMap((row, i) =>
    row.prices
      .filter((price) => price.role !== 'discount' && price.role !== 'other')
      .slice(0, 1)
      .map((price) => ({ row, i, price })),
  );
  const marked = priced.filter(
    ({ row, price }) =>
      price.role !== 'raised' && !RAISED.test(row.text) && DROPPED.test(row.text) && price.role !== 'discount',
  );
  const listed = great && !block.rows.some((row) => RAISED.test(row.text) && row.prices.length > 0);
  const chosen = marked.length > 0 ? marked : listed ? priced.filter(({ price }) => price.role === 'fare') : [];
  return chosen.map(({ row, i, price }): AlertOffer => {
    const flight = flightOf(block.rows, i, price);
    // Nearest first: the dates above a price say more than the months its block's heading names.
    const context = [...contextRows(block.rows, i), block.header].flatMap((line) =>
      line ? [{ text: line.text, start: line.start }] : [],
    );
    return {
      offer: { route: block.route, price },
      priceLine: row.start,
      routeLine: block.header?.start ?? -1,
      row: flight,
      context,
    };
  });
}

/** The flight a price belongs to: the row beside it, or for a block's headline price the row that has the same one. */
function flightOf(rows: readonly Row[], at: number, price: PriceMention): Row | undefined {
  const isFlight = (row: Row | undefined): row is Row => row !== undefined && FLIGHT_ROW.test(row.text);
  if (isFlight(rows[at])) return rows[at];
  if (isFlight(rows[at - 1])) return rows[at - 1];
  const next = rows.slice(at + 1, at + 3).find((row) => isFlight(row));
  if (next && !rows.slice(at + 1, rows.indexOf(next)).some((row) => row.prices.length > 0)) return next;
  const same = rows.findIndex(
    (row, i) => i !== at && row.prices.some((other) => other.major === price.major) && isFlight(rows[i - 1]),
  );
  return same < 0 ? undefined : rows[same - 1];
}

/** The block's own lines about dates, trip and cabin: those before its first flight, and the dates just above the price. */
function contextRows(rows: readonly Row[], at: number): Row[] {
  const above = rows.slice(Math.max(0, at - 3), at + 1).filter((row) => findMonths(row.text).length > 0);
  const head = rows
    .slice(0, Math.min(at, 6))
    .filter(
      (row) =>
        !FLIGHT_ROW.test(row.text) &&
        (findTripType(row.text) ?? findCabin(row.text) ?? findNonstop(row.text)) !== undefined,
    );
  const dates =
    above.length > 0
      ? above.slice(-1)
      : rows
          .slice(0, Math.min(at, 6))
          .filter((row) => findMonths(row.text).length > 0)
          .slice(0, 1);
  return [...dates, ...head];
}
