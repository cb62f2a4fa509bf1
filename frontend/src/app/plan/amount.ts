const STEPS: readonly (readonly [string, number])[] = [
  ['terabyte', 1024 ** 4],
  ['gigabyte', 1024 ** 3],
  ['megabyte', 1024 ** 2],
  ['kilobyte', 1024],
];

/** A number of things, or of bytes in the unit that reads best (1 MB is 1,048,576 bytes, as in plans). */
export function amount(value: number, unit: 'count' | 'bytes', locale: string): string {
  if (unit === 'count') return new Intl.NumberFormat(locale).format(value);
  const [name, size] = STEPS.find(([, step]) => value >= step) ?? ['byte', 1];
  return new Intl.NumberFormat(locale, { style: 'unit', unit: name, maximumFractionDigits: 1 }).format(value / size);
}
