interface Quota {
  readonly quota: string;
  readonly unit: 'count' | 'bytes';
  readonly used: number;
  readonly allowed: number | null;
}

const STEPS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** An amount of a quota as people write it: 53687091200 bytes is 50 GB. @param locale BCP 47 */
export function amountInWords(amount: number | null, unit: Quota['unit'], locale: string): string {
  if (amount === null) return '∞';
  if (unit === 'count') return new Intl.NumberFormat(locale, { notation: 'compact' }).format(amount);
  const step = Math.min(STEPS.length - 1, amount > 0 ? Math.floor(Math.log(amount) / Math.log(1024)) : 0);
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: STEPS[step]!,
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  }).format(amount / 1024 ** step);
}

/** "members 3 of 25", or "members 3" where there is no limit. @param locale BCP 47 */
export function quotaInWords({ quota, unit, used, allowed }: Quota, locale: string): string {
  const has = amountInWords(used, unit, locale);
  const name = quota.replaceAll('_', ' ');
  if (allowed === null) return `${name} ${has}`;
  const may = amountInWords(allowed, unit, locale);
  return $localize`${name}:quota: ${has}:used: of ${may}:allowed:`;
}
