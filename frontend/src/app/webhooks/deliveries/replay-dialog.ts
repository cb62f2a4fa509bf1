import { ChangeDetectionStrategy, Component, computed, inject, input, output, signal } from '@angular/core';
import { type Problem, problemOf } from '../../api';
import { Dialog } from '../../ui';
import { FormProblem } from '../../ui/form';
import { EndpointNames } from '../endpoints/endpoint-names';
import { Replays } from './replays';

/** Chooses what is sent again: all that failed, or what a filter, an endpoint and a time say. */
@Component({
  selector: 'sb-replay-dialog',
  imports: [Dialog, FormProblem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './replay-dialog.html',
})
export class ReplayDialog {
  private readonly replays = inject(Replays);
  protected readonly names = inject(EndpointNames);
  /** What the list shows now. */
  readonly filter = input.required<string>();
  readonly closed = output();
  protected readonly which = signal<'failed' | 'shown'>('failed');
  protected readonly endpointId = signal('');
  /** As the browser's field writes it: the person's own time without a zone. */
  protected readonly from = signal('');
  protected readonly to = signal('');
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly backwards = computed(() => this.from() !== '' && this.to() !== '' && this.from() >= this.to());

  protected async go(): Promise<void> {
    this.busy.set(true);
    this.problem.set(undefined);
    const instant = (text: string) => (text ? new Date(text).toISOString() : null);
    try {
      await this.replays.begin({
        endpointId: this.endpointId() || null,
        from: instant(this.from()),
        to: instant(this.to()),
        filter: this.which() === 'failed' ? 'state:failed' : this.filter(),
      });
      this.closed.emit();
    } catch (error) {
      this.problem.set(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }
}
