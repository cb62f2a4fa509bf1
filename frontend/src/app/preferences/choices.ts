import { inject, Injectable, LOCALE_ID } from '@angular/core';

/** One thing of a list to choose from, such as `EUR` as "Euro (EUR)". */
export interface Choice {
  readonly value: string;
  readonly name: string;
}

/** What people choose their currency and time zone from, in their language. */
@Injectable({ providedIn: 'root' })
export class Choices {
  private readonly locale = inject(LOCALE_ID);

  /** ISO 4217. */
  readonly currencies: readonly Choice[] = this.named(Intl.supportedValuesOf('currency'), 'currency');

  /** IANA names in groups by their first part: "Europe" has "Berlin". @param kept one that is offered although unknown here */
  zones(kept: string): readonly { readonly region: string; readonly zones: readonly Choice[] }[] {
    const groups = new Map<string, Choice[]>();
    for (const value of new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', kept])) {
      const [region = '', ...rest] = value.split('/');
      const name = rest.length > 0 ? rest.join(' / ').replaceAll('_', ' ') : value;
      groups.set(rest.length > 0 ? region : '', [
        ...(groups.get(rest.length > 0 ? region : '') ?? []),
        { value, name },
      ]);
    }
    return [...groups].map(([region, zones]) => ({ region, zones })).toSorted((a, b) => compare(a.region, b.region));
  }

  private named(values: readonly string[], type: Intl.DisplayNamesType): Choice[] {
    const names = new Intl.DisplayNames(this.locale, { type });
    return values
      .map((value) => ({ value, name: `${names.of(value) ?? value} (${value})` }))
      .toSorted((a, b) => compare(a.name, b.name));
  }
}

const compare = (a: string, b: string): number => a.localeCompare(b);
