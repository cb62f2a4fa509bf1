import { inject, LOCALE_ID, Pipe, type PipeTransform } from '@angular/core';

/** An amount in minor units and its ISO 4217 currency, as people of a locale write it: 61800 'USD' is $618. */
export function money(minor: number, currency: string, locale: string): string {
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    trailingZeroDisplay: 'stripIfInteger',
  });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** An amount as the person writes it. */
@Pipe({ name: 'money' })
export class MoneyPipe implements PipeTransform {
  private readonly locale = inject(LOCALE_ID);

  transform(minor: number, currency: string): string {
    return money(minor, currency, this.locale);
  }
}
