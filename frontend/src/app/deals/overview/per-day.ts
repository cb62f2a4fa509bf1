import type { ChartData } from '../../ui/chart';

interface DayOfSource {
  readonly day: string;
  readonly sourceId: string;
  readonly sourceName: string;
  readonly deals: number;
}

/** As many sources have a colour of their own; the others are added up. */
const OWN = 5;
const DAY_MS = 86_400_000;

/** Deals by day and source: every day of the period, also those without a deal; the busiest sources first. */
export function perDayChart(items: readonly DayOfSource[], days: number, zone: string, now = Date.now()): ChartData {
  const today = Date.parse(new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(now));
  const places = Array.from({ length: days }, (_, at) =>
    new Date(today - (days - 1 - at) * DAY_MS).toISOString().slice(0, 10),
  );
  const sources = new Map<string, { name: string; total: number; byDay: Map<string, number> }>();
  for (const { day, sourceId, sourceName, deals } of items) {
    const source = sources.get(sourceId) ?? { name: sourceName, total: 0, byDay: new Map<string, number>() };
    source.total += deals;
    source.byDay.set(day, deals);
    sources.set(sourceId, source);
  }
  const sorted = [...sources.values()].sort((a, b) => b.total - a.total);
  const [own, others] = [sorted.slice(0, OWN), sorted.slice(OWN)];
  const series = own.map(({ name, byDay }) => ({ name, values: places.map((day) => byDay.get(day) ?? 0) }));
  if (others.length > 0)
    series.push({
      name: $localize`Others`,
      values: places.map((day) => others.reduce((sum, { byDay }) => sum + (byDay.get(day) ?? 0), 0)),
    });
  return { axis: $localize`Day`, places: series.length > 0 ? places : [], series };
}
