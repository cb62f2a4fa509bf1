import { Inject, Injectable, Optional, type OnModuleInit } from '@nestjs/common';
import { query, Transactions } from '#platform/database/index.js';
import { Metrics } from '#platform/telemetry/index.js';
import { ReaderOperations, type ReaderLag } from './reader-operations.js';

/** One look at the readers serves every gauge of one scrape. */
const FRESH_MS = 1000;

/** The log's gauges for Prometheus, read when they are scraped. */
@Injectable()
export class LogMetrics implements OnModuleInit {
  private lags?: { at: number; rows: Promise<ReaderLag[]> };

  constructor(
    private readonly operations: ReaderOperations,
    private readonly transactions: Transactions,
    @Optional() @Inject(Metrics) private readonly metrics?: Metrics,
  ) {}

  onModuleInit(): void {
    this.perReader('signalbox_log_reader_lag_events', 'Positions between a reader and the head.', (r) => r.behind);
    this.perReader('signalbox_log_reader_lag_seconds', 'Age of the oldest event before a reader.', (r) => r.seconds);
    this.perReader('signalbox_log_reader_stopped', '1 when a reader stopped itself and waits for an operator.', (r) =>
      r.state === 'stopped' ? 1 : 0,
    );
    this.perReader('signalbox_log_reader_parked_events', 'Events that wait for an operator.', (r) => r.parked);
    this.metrics?.gauge(
      'signalbox_log_outbox_events',
      'Events that are committed and not sealed.',
      [],
      async (gauge) => {
        const [row] = await query<{ count: string }>(
          this.transactions.reader(),
          'select count(*) as count from outbox',
        );
        gauge.set(Number(row?.count ?? 0));
      },
    );
  }

  private perReader(name: string, help: string, value: (lag: ReaderLag) => number): void {
    this.metrics?.gauge(name, help, ['reader'], async (gauge) => {
      for (const lag of await this.lag()) gauge.set({ reader: lag.reader }, value(lag));
    });
  }

  private lag(): Promise<ReaderLag[]> {
    if (!this.lags || Date.now() - this.lags.at > FRESH_MS) this.lags = { at: Date.now(), rows: this.operations.lag() };
    return this.lags.rows;
  }
}
