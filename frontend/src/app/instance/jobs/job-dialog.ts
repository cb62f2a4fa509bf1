import { ChangeDetectionStrategy, Component, computed, inject, input, output, resource, signal } from '@angular/core';
import { type Answer, jobsCancel, jobsGet, jobsRetry, problemOf, Requests } from '../../api';
import { Ago, Code, Confirm, Dialog, ProblemNote, Skeleton, Toasts } from '../../ui';
import { jobStanding } from './job-words';

type Whole = Answer<typeof jobsGet>;

/** One job: what it carries, why it failed, with a way to run it again or give it up. */
@Component({
  selector: 'sb-job-dialog',
  imports: [Ago, Code, Dialog, ProblemNote, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './job-dialog.html',
})
export class JobDialog {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  private readonly confirm = inject(Confirm);
  readonly jobId = input.required<string>();
  readonly changed = output<Whole>();
  readonly closed = output();
  protected readonly problemOf = problemOf;
  protected readonly standing = jobStanding;
  protected readonly busy = signal(false);
  protected readonly found = resource({
    params: () => this.jobId(),
    loader: ({ params: jobId }) => this.requests.ask(jobsGet, { jobId }),
  });
  protected readonly job = computed(() => (this.found.hasValue() ? this.found.value() : undefined));
  protected readonly heading = computed(() => {
    const job = this.job();
    return job ? `${job.queue}.${job.name}` : $localize`Job`;
  });
  protected readonly open = computed(() => ['queued', 'parked'].includes(this.job()?.state ?? ''));
  protected readonly json = (value: unknown) => JSON.stringify(value, null, 2);

  protected retry(): Promise<void> {
    return this.change(
      () => this.requests.ask(jobsRetry, { jobId: this.jobId() }),
      $localize`It runs as soon as a worker is free`,
    );
  }

  protected async cancel(): Promise<void> {
    const yes = await this.confirm.ask({
      heading: $localize`Give this job up?`,
      text: $localize`It never runs: what it would have sent is not sent. It stays listed for a while.`,
      action: $localize`Give it up`,
      bad: true,
    });
    if (yes) await this.change(() => this.requests.ask(jobsCancel, { jobId: this.jobId() }), $localize`Given up`);
  }

  private async change(work: () => Promise<Whole>, text: string): Promise<void> {
    this.busy.set(true);
    try {
      const job = await work();
      this.found.set(job);
      this.changed.emit(job);
      this.toasts.say({ text });
    } catch (error) {
      this.toasts.problem(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }
}
