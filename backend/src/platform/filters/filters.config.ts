import { z } from 'zod';
import { isCurrency, type Rates } from '#contract/filter/index.js';
import { Config, configClass, setting } from '#platform/config/index.js';

/** Round figures, US dollars for one unit, as of late 2025: enough to compare a price in another currency with a limit. */
const ROUND_RATES =
  'USD=1,EUR=1.15,GBP=1.32,CHF=1.25,CAD=0.71,AUD=0.65,NZD=0.57,JPY=0.0065,CNY=0.14,HKD=0.13,SGD=0.77,INR=0.0113,' +
  'SEK=0.105,NOK=0.099,DKK=0.155,PLN=0.27,CZK=0.0475,HUF=0.003,RON=0.226,BRL=0.187,MXN=0.054,ZAR=0.058,KRW=0.0007,' +
  'THB=0.031,TRY=0.0237,ILS=0.305,AED=0.272,ISK=0.0079';

const rates = z
  .string()
  .default(ROUND_RATES)
  .transform((text, context): Rates => {
    const table = new Map<string, number>();
    for (const entry of text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean)) {
      const [code = '', value = ''] = entry.split('=').map((part) => part.trim());
      const rate = Number(value);
      if (!isCurrency(code) || !Number.isFinite(rate) || rate <= 0) {
        context.addIssue({ code: 'custom', message: `must be a list such as USD=1,EUR=1.1; "${entry}" is not` });
        return z.NEVER;
      }
      table.set(code, rate);
    }
    return table;
  });

/** What filters are answered with beside rows and events. */
@Config
export class FiltersConfig extends configClass('filters', {
  rates: setting(
    'SIGNALBOX_CURRENCY_RATES',
    rates,
    'Worth of one unit of each currency in one common unit, for filters that compare prices across currencies; round figures when absent.',
  ),
}) {}
