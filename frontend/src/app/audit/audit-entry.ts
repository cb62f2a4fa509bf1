import { ChangeDetectionStrategy, Component, computed, inject, input, output, resource } from '@angular/core';
import { RouterLink } from '@angular/router';
import { lucideX } from '@ng-icons/lucide';
import { trailed } from '../activity/happened';
import { Narrator } from '../activity/narrator';
import { auditEventsOne, problemOf, Requests } from '../api';
import { CurrentWorkspace } from '../session';
import { Ago, Clock, Code, Copy, Icon, ProblemNote, Skeleton } from '../ui';
import { changesOf, inWords, named } from './changes';

/** One entry of the trail: what changed, by whom and from where. */
@Component({
  selector: 'sb-audit-entry',
  imports: [Ago, Code, Copy, Icon, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './audit-entry.html',
})
export class AuditEntry {
  private readonly requests = inject(Requests);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  protected readonly clock = inject(Clock);
  protected readonly narrator = inject(Narrator);
  readonly eventId = input.required<string>();
  readonly closed = output();
  /** A filter that finds what is like it. */
  readonly narrow = output<string>();
  protected readonly x = lucideX;
  protected readonly inWords = inWords;
  protected readonly named = named;

  protected readonly found = resource({
    params: () => this.eventId(),
    loader: ({ params }) => this.requests.ask(auditEventsOne, { workspaceId: this.workspaceId, eventId: params }),
  });
  protected readonly entry = computed(() => (this.found.hasValue() ? this.found.value() : undefined));
  protected readonly problem = computed(() => {
    const error = this.found.error();
    return error && problemOf(error);
  });
  protected readonly event = computed(() => {
    const entry = this.entry();
    return entry && trailed(entry);
  });
  protected readonly told = computed(() => changesOf((this.entry()?.data ?? {}) as Record<string, unknown>));
  protected readonly raw = computed(() => JSON.stringify(this.entry(), undefined, 2));
  protected readonly link = computed(() => {
    const event = this.event();
    const below = event && this.narrator.link(event);
    return below && below !== 'audit' ? `/workspaces/${this.workspaceId}/${below}` : undefined;
  });
  /** Leads to this entry. */
  protected readonly address = computed(
    () => `${location.origin}/workspaces/${this.workspaceId}/audit/${this.eventId()}`,
  );
}
