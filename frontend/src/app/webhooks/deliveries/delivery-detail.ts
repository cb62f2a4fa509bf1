import { ChangeDetectionStrategy, Component, computed, inject, input, resource, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { lucideArrowLeft, lucideRotateCw } from '@ng-icons/lucide';
import { historyAgain, historyOne, problemOf, Requests } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Ago, Code, Copy, Icon, Page, poll, ProblemNote, Skeleton, Toasts } from '../../ui';
import { EndpointNames } from '../endpoints/endpoint-names';
import { AttemptView } from './attempt-view';
import { deliveryStanding, pretty } from './delivery-words';

/** One event for one endpoint: what was sent, each attempt, what came back. */
@Component({
  selector: 'sb-delivery-detail',
  imports: [Ago, AttemptView, Code, Copy, Icon, Page, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './delivery-detail.html',
})
export class DeliveryDetail {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  private readonly current = inject(CurrentWorkspace);
  protected readonly workspaceId = this.current.required();
  protected readonly names = inject(EndpointNames);
  readonly deliveryId = input.required<string>();
  protected readonly icons = { lucideArrowLeft, lucideRotateCw };
  protected readonly problemOf = problemOf;
  protected readonly title = $localize`Delivery`;
  protected readonly standing = deliveryStanding;
  protected readonly mayWrite = computed(() => this.current.may('webhooks:write'));
  protected readonly busy = signal(false);
  protected readonly found = resource({
    params: () => this.deliveryId(),
    loader: ({ params }) => this.requests.ask(historyOne, this.path(params)),
  });
  protected readonly delivery = computed(() => (this.found.hasValue() ? this.found.value() : undefined));
  protected readonly body = computed(() => {
    const body = this.delivery()?.request.body;
    return body && pretty(body);
  });

  constructor() {
    poll(2000, async () => {
      if (this.delivery()?.state !== 'queued') return;
      const fresh = await this.requests.ask(historyOne, this.path()).catch(problemOf);
      if ('answers' in fresh && fresh.id === this.deliveryId()) this.found.set(fresh);
    });
  }

  protected async again(): Promise<void> {
    this.busy.set(true);
    try {
      this.found.set(await this.requests.ask(historyAgain, this.path()));
      this.toasts.say({ text: $localize`On its way again` });
    } catch (error) {
      this.toasts.problem(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }

  private path(webhookDeliveryId = this.deliveryId()) {
    return { workspaceId: this.workspaceId, webhookDeliveryId };
  }
}
