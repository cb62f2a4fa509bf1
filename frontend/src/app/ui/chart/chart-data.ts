/** One row of figures with a name: a line, or a part of each bar. */
export interface Series {
  readonly name: string;
  /** One for each place of the axis; null where there is none. */
  readonly values: readonly (number | null)[];
}

/** What a chart shows; its table and its file say the same. */
export interface ChartData {
  /** What the places of the axis are: "Day", "Destination". */
  readonly axis: string;
  /** The places: days as YYYY-MM-DD, else names. */
  readonly places: readonly string[];
  readonly series: readonly Series[];
  /** A range that is usual, drawn behind the first series. */
  readonly band?: { readonly name: string; readonly low: number; readonly high: number };
}

/** `line`: values over days; `area`: the same, filled; `bars`: stacked, over days; `rows`: lying bars, one for each name. */
export type ChartKind = 'line' | 'area' | 'bars' | 'rows';

const cell = (text: string): string =>
  // A cell that begins like a formula would be carried out by a spreadsheet.
  /[",\n\r]/.test(text) || /^[=+\-@\t]/.test(text)
    ? `"${text.replace(/^(?=[=+\-@\t])/, "'").replaceAll('"', '""')}"`
    : text;

/** The figures as a file (RFC 4180), numbers as they are. */
export function csvOf(
  { axis, places, series }: ChartData,
  plain: (value: number) => number = (value) => value,
): string {
  const rows = [
    [axis, ...series.map(({ name }) => name)].map(cell),
    ...places.map((place, at) => [
      /^\d{4}-\d\d-\d\d$/.test(place) ? place : cell(place),
      ...series.map(({ values }) => {
        const value = values[at];
        return value === null || value === undefined ? '' : String(plain(value));
      }),
    ]),
  ];
  return rows.map((row) => row.join(',')).join('\r\n') + '\r\n';
}
