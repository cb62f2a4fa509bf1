import { Dimension, type DimensionPlace } from './dimension.js';

/** The ordered values that filters set fixed limits to, numbered from 0. There are as many as fields and currencies. */
export class DimensionTable {
  readonly list: Dimension[] = [];
  private readonly byPlace = new Map<string, number>();

  intern(place: DimensionPlace): number {
    const { measure, path, currencyPath = '', currency = '' } = place;
    const key = `${measure} ${path} ${currencyPath} ${currency}`;
    let number = this.byPlace.get(key);
    if (number === undefined) {
      number = this.list.push(new Dimension(place)) - 1;
      this.byPlace.set(key, number);
    }
    return number;
  }

  forget(): void {
    for (const dimension of this.list) dimension.forget();
  }
}
