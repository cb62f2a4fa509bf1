import { Inject, Injectable, Logger } from '@nestjs/common';
import { DealsConfig } from '../deals.config.js';
import { OllamaExtractor } from '../parser/index.js';
import type { MailReading } from './mime/mail-content.js';
import { storableJson } from './storable.js';

/** Below this the rules are unsure of a deal. */
const UNSURE = 0.5;
const FLIGHTS =
  /\b(?:flights?|fares?|airfare|nonstop|round.?trip|fl[uü]ge?|vuelos?|vols?|voli|loty?)\b|机票|航班|往返/i;
const PRICE = /[$£€¥]\s?\d|\d\s?(?:[€£]|usd|eur|gbp|zł|kr)\b/i;

/**
 * Asks a language model where the rules are unsure, when one is configured. It is believed only in what the mail bears out,
 * and without it everything works.
 */
@Injectable()
export class ModelFallback {
  private readonly log = new Logger('model');
  private readonly extractor: OllamaExtractor | undefined;

  constructor(@Inject(DealsConfig) config: DealsConfig) {
    const { ollamaUrl: url, ollamaModel: model, ollamaTimeoutMs: timeoutMs, ollamaDailyBudget: dailyBudget } = config;
    this.extractor = url ? new OllamaExtractor({ url, model, timeoutMs, dailyBudget }) : undefined;
  }

  /** The reading, or a better one. */
  async improve(reading: MailReading, receivedAt: Date): Promise<MailReading> {
    if (!this.extractor || !unsure(reading)) return reading;
    const { subject, text, deals } = reading;
    const extraction = await this.extractor.extract({ subject, text, receivedAt });
    if (extraction.outcome !== 'answered') {
      this.log.debug({ outcome: extraction.outcome });
      return reading;
    }
    const sure = deals.filter((deal) => deal.confidence >= UNSURE);
    // The rules' sure deals stay; the model replaces the unsure ones, unless it finds nothing to replace them with.
    return extraction.deals.length > 0 ? storableJson({ ...reading, deals: [...sure, ...extraction.deals] }) : reading;
  }
}

/** True for an unsure deal, and for a mail that speaks of flights and prices in which the rules found none. */
function unsure({ deals, subject, text }: MailReading): boolean {
  if (deals.length > 0) return deals.some((deal) => deal.confidence < UNSURE);
  const whole = `${subject}\n${text}`;
  return FLIGHTS.test(whole) && PRICE.test(whole);
}
