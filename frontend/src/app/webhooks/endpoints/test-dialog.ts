import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  input,
  linkedSignal,
  output,
  signal,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import { type Answer, historyOne, historyTest, type Problem, problemOf, Requests } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Code, Dialog, poll } from '../../ui';
import { FormProblem } from '../../ui/form';
import { AttemptView } from '../deliveries/attempt-view';
import { EventCatalogue } from './event-catalogue';

/** Sends the example of a type to an endpoint, and shows what it answered. */
@Component({
  selector: 'sb-test-dialog',
  imports: [AttemptView, Code, Dialog, FormProblem, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './test-dialog.html',
})
export class TestDialog {
  private readonly requests = inject(Requests);
  protected readonly workspaceId = inject(CurrentWorkspace).required();
  protected readonly catalogue = inject(EventCatalogue);
  readonly endpointId = input.required<string>();
  readonly type = input.required<string>();
  readonly closed = output();
  protected readonly chosen = linkedSignal(() => this.type());
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly sent = signal<Answer<typeof historyTest> | undefined>(undefined);
  protected readonly one = computed(() => this.catalogue.types().find(({ type }) => type === this.chosen()));
  protected readonly example = computed(() => JSON.stringify(this.one()?.example, null, 2) ?? '');
  protected readonly answer = computed(() => this.sent()?.answers[0]);

  constructor() {
    poll(700, () => this.look());
  }

  protected async send(): Promise<void> {
    this.busy.set(true);
    this.problem.set(undefined);
    this.sent.set(undefined);
    try {
      this.sent.set(
        await this.requests.ask(historyTest, {
          workspaceId: this.workspaceId,
          endpointId: this.endpointId(),
          body: { type: this.chosen() },
        }),
      );
    } catch (error) {
      this.problem.set(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }

  private async look(): Promise<void> {
    const sent = this.sent();
    if (sent?.state !== 'queued') return;
    try {
      this.sent.set(await this.requests.ask(historyOne, { workspaceId: this.workspaceId, webhookDeliveryId: sent.id }));
    } catch (error) {
      this.problem.set(problemOf(error));
    }
  }
}
