import { ChangeDetectionStrategy, Component, computed, inject, LOCALE_ID, resource } from '@angular/core';
import { RouterLink } from '@angular/router';
import { healthSummarySummary, problemOf, Requests } from '../../api';
import { Page, poll, ProblemNote, Skeleton } from '../../ui';
import { HealthReports, type Part } from './health.store';

/** How the instance is: each part in a sentence, and the figures of its requests. */
@Component({
  selector: 'sb-health',
  imports: [Page, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './health.html',
})
export class Health {
  private readonly requests = inject(Requests);
  private readonly reports = inject(HealthReports);
  private readonly locale = inject(LOCALE_ID);
  protected readonly problemOf = problemOf;
  protected readonly found = resource({ loader: () => this.read() });
  protected readonly parts = computed(() => {
    const parts = this.found.hasValue() ? Object.entries(this.found.value().report.parts) : [];
    const rank = ({ status }: Part) => ['down', 'degraded', 'up'].indexOf(status);
    return parts
      .map(([name, part]) => ({ name, title: titles()[name] ?? name, link: LINKS[name], ...part }))
      .toSorted((a, b) => rank(a) - rank(b) || a.title.localeCompare(b.title));
  });
  protected readonly figures = computed(() => {
    if (!this.found.hasValue()) return [];
    const { version, uptimeSeconds, requests, latencyMs, errorRate, cacheHitRate } = this.found.value().summary;
    const number = new Intl.NumberFormat(this.locale);
    const share = new Intl.NumberFormat(this.locale, { style: 'percent', maximumFractionDigits: 2 });
    const of = (value: number | null, format: (value: number) => string) => (value === null ? '—' : format(value));
    return [
      { title: $localize`Version`, value: version },
      { title: $localize`Up for`, value: this.duration(uptimeSeconds) },
      { title: $localize`Requests`, value: number.format(requests) },
      { title: $localize`Half within`, value: of(latencyMs.p50, (ms) => `${number.format(ms)} ms`) },
      { title: $localize`99 % within`, value: of(latencyMs.p99, (ms) => `${number.format(ms)} ms`) },
      { title: $localize`Failed`, value: of(errorRate, (rate) => share.format(rate)) },
      { title: $localize`From cache`, value: of(cacheHitRate, (rate) => share.format(rate)) },
    ];
  });
  protected readonly wrong = computed(() => this.parts().filter(({ status }) => status !== 'up').length);

  constructor() {
    poll(10_000, async () => {
      const fresh = await this.read().catch(problemOf);
      if ('report' in fresh) this.found.set(fresh);
    });
  }

  /** Figures of a part that has no sentence, or is not well: they say where to look. */
  protected details({ status, sentence, details }: Part): string {
    if (status === 'up' && sentence) return '';
    return Object.entries(details ?? {})
      .map(([name, value]) => `${name.replaceAll('_', ' ')} ${String(value)}`)
      .join(' · ');
  }

  private async read() {
    const [report, summary] = await Promise.all([this.reports.read(), this.requests.ask(healthSummarySummary, {})]);
    return { report, summary };
  }

  private duration(seconds: number): string {
    const [unit, length] =
      (
        [
          ['day', 86_400],
          ['hour', 3600],
          ['minute', 60],
        ] as const
      ).find(([, size]) => seconds >= size) ?? (['second', 1] as const);
    const style = { style: 'unit', unit, unitDisplay: 'long' } as const;
    return new Intl.NumberFormat(this.locale, style).format(Math.floor(seconds / length));
  }
}

const titles = (): Readonly<Record<string, string>> => ({
  database: $localize`Database`,
  migrations: $localize`Migrations`,
  redis: $localize`Redis`,
  disk: $localize`Disk`,
  'event-log': $localize`Event log`,
  keys: $localize`Master keys`,
  mail: $localize`Outgoing mail`,
  'incoming-mail': $localize`Incoming mail`,
});

/** Where more is seen of a part. */
const LINKS: Readonly<Record<string, string>> = { 'event-log': '/instance/log', mail: '/instance/mailbox' };
