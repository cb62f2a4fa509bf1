import { Injectable, Logger } from '@nestjs/common';
import { Reads } from '#platform/database/index.js';
import { Metrics } from '#platform/telemetry/index.js';

/** The jobs' metrics. */
@Injectable()
export class JobMeasures {
  private readonly log = new Logger('jobs');
  private readonly runs;
  private readonly durations;

  constructor(metrics: Metrics, reads: Reads) {
    this.runs = metrics.counter('signalbox_job_runs_total', 'Runs of jobs by kind and by what came of them.', [
      'kind',
      'outcome',
    ]);
    this.durations = metrics.histogram('signalbox_job_duration_seconds', 'How long runs of jobs take.', ['kind']);
    metrics.gauge('signalbox_jobs', 'Unfinished jobs by queue and state.', ['queue', 'state'], async (gauge) => {
      gauge.reset();
      try {
        const rows = await reads.all<{ queue: string; state: string; count: string }>('jobs-count', COUNT, []);
        for (const { queue, state, count } of rows) gauge.set({ queue, state }, Number(count));
      } catch (error) {
        // The other metrics are needed most while the database is away.
        this.log.debug(`Jobs are not counted: ${(error as Error).message}`);
      }
    });
  }

  /** Begins to measure a run. @returns what to call with its outcome */
  started(kind: string): (outcome: string) => void {
    const end = this.durations.startTimer({ kind });
    return (outcome) => {
      end();
      this.runs.inc({ kind, outcome });
    };
  }
}

const COUNT = `
  select queue, state, count(*) from job where state in ('queued', 'running', 'parked') group by queue, state`;
