import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Buckets of a duration in seconds, as OpenTelemetry's `http.server.request.duration` proposes. */
export const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/**
 * The process's measurements for Prometheus. Names carry base units and end in `_total` for counters; no label ever holds
 * the id of a person.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** The counter of that name, made on first use. */
  counter<L extends string>(name: string, help: string, labels: readonly L[] = []): Counter<L> {
    return this.once(name, () => new Counter({ name, help, labelNames: labels, registers: [this.registry] }));
  }

  /** The gauge of that name, made on first use; `collect` refreshes it when it is read. */
  gauge<L extends string>(
    name: string,
    help: string,
    labels: readonly L[] = [],
    collect?: (gauge: Gauge<L>) => void | Promise<void>,
  ): Gauge<L> {
    return this.once(name, () => {
      const made: Gauge<L> = new Gauge<L>({
        name,
        help,
        labelNames: labels,
        registers: [this.registry],
        ...(collect ? { collect: () => collect(made) } : {}),
      });
      return made;
    });
  }

  /** The histogram of that name, made on first use; seconds unless buckets say otherwise. */
  histogram<L extends string>(
    name: string,
    help: string,
    labels: readonly L[] = [],
    buckets: readonly number[] = DURATION_BUCKETS,
  ): Histogram<L> {
    return this.once(
      name,
      () => new Histogram({ name, help, labelNames: labels, buckets: [...buckets], registers: [this.registry] }),
    );
  }

  private once<T>(name: string, make: () => T): T {
    return (this.registry.getSingleMetric(name) as T | undefined) ?? make();
  }
}
