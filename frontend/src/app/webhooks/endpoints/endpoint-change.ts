import { ChangeDetectionStrategy, Component, effect, inject, input, resource, signal, untracked } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { lucideArrowLeft } from '@ng-icons/lucide';
import { endpointsChange, endpointsOne, Problem, problemOf, Requests } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Icon, Page, ProblemNote, Skeleton, Toasts } from '../../ui';
import { FormProblem, send, sending } from '../../ui/form';
import { EndpointFields } from './endpoint-fields';
import { EndpointForm } from './endpoint-form';
import { EndpointNames } from './endpoint-names';
import { headersOf } from './header-rows';

/** Changes an endpoint. What somebody else changed meanwhile is not overwritten unasked. */
@Component({
  selector: 'sb-endpoint-change',
  imports: [EndpointFields, FormProblem, Icon, Page, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './endpoint-change.html',
})
export class EndpointChange {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  private readonly names = inject(EndpointNames);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  readonly endpointId = input.required<string>();
  protected readonly icons = { lucideArrowLeft };
  protected readonly form = new EndpointForm();
  protected readonly sending = sending();
  /** Somebody else was faster; what is typed here stays until the person chooses. */
  protected readonly overtaken = signal(false);
  private etag?: string;

  protected readonly found = resource({
    params: () => this.endpointId(),
    loader: async ({ params: endpointId }) => {
      const { body, headers } = await this.requests.response(endpointsOne, {
        workspaceId: this.workspaceId,
        endpointId,
      });
      return { endpoint: body, etag: headers.get('ETag') ?? undefined };
    },
  });
  protected readonly problemOf = problemOf;

  constructor() {
    effect(() => {
      if (!this.found.hasValue()) return;
      const { endpoint, etag } = this.found.value();
      untracked(() => {
        this.etag = etag;
        this.overtaken.set(false);
        this.form.show(endpoint);
      });
    });
  }

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    const saved = await send(this.form.fields, this.sending, async () => {
      const headers = headersOf(this.form.headers());
      const body = { ...this.form.body(), ...(Object.keys(headers).length > 0 && { headers }) };
      try {
        await this.requests.ask(endpointsChange, {
          workspaceId: this.workspaceId,
          endpointId: this.endpointId(),
          body,
          ...(this.etag && { 'If-Match': this.etag }),
        });
      } catch (error) {
        this.overtaken.set(error instanceof Problem && error.status === 412);
        throw error;
      }
    });
    if (!saved) return;
    this.names.reload();
    this.toasts.say({ text: $localize`Saved` });
    await this.router.navigate(['/workspaces', this.workspaceId, 'webhooks', this.endpointId()]);
  }

  /** Shows what they saved, and drops what was typed here. */
  protected loadTheirs(): void {
    this.sending.problem.set(undefined);
    this.found.reload();
  }

  /** Saves what was typed here over what they saved. */
  protected async saveMine(event: Event): Promise<void> {
    this.etag = undefined;
    this.overtaken.set(false);
    await this.save(event);
  }
}
