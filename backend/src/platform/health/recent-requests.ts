import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '#platform/telemetry/index.js';

/** Name of the histogram that the http room fills. */
export const REQUEST_DURATION = 'http_server_request_duration_seconds';
const SAMPLE_MS = 15_000;
const WINDOW = 20;

/** Cumulative counts at one moment: requests at or under each bound in seconds, all of them, and those that failed. */
interface Sample {
  buckets: Map<number, number>;
  count: number;
  failed: number;
}

const NONE: Sample = { buckets: new Map(), count: 0, failed: 0 };

/** Latency and error rate of the last five minutes, from the cumulative histogram sampled every 15 seconds. */
@Injectable()
export class RecentRequests implements OnModuleInit, OnApplicationShutdown {
  private samples: Sample[] = [];
  private timer?: NodeJS.Timeout;

  constructor(private readonly metrics: Metrics) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.keep(), SAMPLE_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Milliseconds and shares since the oldest sample; null where there was no request. */
  async summary(): Promise<{ requests: number; p50: number | null; p99: number | null; errorRate: number | null }> {
    const [from, to] = [this.samples[0] ?? NONE, await this.sample()];
    const requests = to.count - from.count;
    if (requests === 0) return { requests, p50: null, p99: null, errorRate: null };
    const bounds = [...to.buckets.keys()].sort((a, b) => a - b);
    const quantile = (share: number): number => {
      const at = bounds.find((b) => (to.buckets.get(b) ?? 0) - (from.buckets.get(b) ?? 0) >= share * requests);
      return Math.round((at ?? bounds.at(-1) ?? 0) * 1000);
    };
    return { requests, p50: quantile(0.5), p99: quantile(0.99), errorRate: (to.failed - from.failed) / requests };
  }

  private async keep(): Promise<void> {
    this.samples = [...this.samples, await this.sample()].slice(-WINDOW);
  }

  private async sample(): Promise<Sample> {
    const histogram = this.metrics.registry.getSingleMetric(REQUEST_DURATION);
    const values = (await histogram?.get())?.values ?? [];
    const taken: Sample = { buckets: new Map(), count: 0, failed: 0 };
    for (const { value, labels, metricName } of values as MetricRow[]) {
      if (metricName?.endsWith('_count')) {
        taken.count += value;
        if (String(labels['status'] ?? '').startsWith('5')) taken.failed += value;
      } else if (metricName?.endsWith('_bucket') && labels['le'] !== '+Inf') {
        const bound = Number(labels['le']);
        taken.buckets.set(bound, (taken.buckets.get(bound) ?? 0) + value);
      }
    }
    return taken;
  }
}

interface MetricRow {
  value: number;
  labels: Record<string, string | number>;
  metricName?: string;
}
