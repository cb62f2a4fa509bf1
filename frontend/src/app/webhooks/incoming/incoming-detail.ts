import { ChangeDetectionStrategy, Component, computed, inject, input, resource, signal } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { lucideArrowLeft, lucidePause, lucidePencil, lucidePlay, lucideRotateCw, lucideTrash2 } from '@ng-icons/lucide';
import { incomingChange, incomingOne, incomingRemove, problemOf, Requests } from '../../api';
import { Live } from '../../live/live';
import { CurrentWorkspace } from '../../session';
import { type Act, Ago, Copy, Icon, More, Page, ProblemNote, Removals, Skeleton, Toasts } from '../../ui';
import { IncomingReceived } from './incoming-received';
import { IncomingRename } from './incoming-rename';
import { IncomingRotate } from './incoming-rotate';
import { wordsOf } from './schemes';

/** One incoming hook: its address, how its sender proves itself, what came lately. */
@Component({
  selector: 'sb-incoming-detail',
  imports: [
    Ago,
    Copy,
    Icon,
    IncomingReceived,
    IncomingRename,
    IncomingRotate,
    More,
    Page,
    ProblemNote,
    RouterLink,
    Skeleton,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './incoming-detail.html',
})
export class IncomingDetail {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  private readonly removals = inject(Removals);
  private readonly current = inject(CurrentWorkspace);
  protected readonly workspaceId = this.current.required();
  readonly incomingId = input.required<string>();
  protected readonly icons = { lucideArrowLeft, lucidePlay, lucideRotateCw };
  protected readonly problemOf = problemOf;
  protected readonly wordsOf = wordsOf;
  protected readonly title = $localize`Incoming hook`;
  protected readonly mayWrite = computed(() => this.current.may('webhooks:write'));
  protected readonly mayAudit = computed(() => this.current.may('audit:read'));
  protected readonly asked = signal<'rename' | 'rotate' | undefined>(undefined);
  protected readonly found = resource({
    params: () => this.incomingId(),
    loader: ({ params }) => this.requests.ask(incomingOne, this.path(params)),
  });
  protected readonly hook = computed(() => (this.found.hasValue() ? this.found.value() : undefined));
  protected readonly acts = computed<readonly Act[]>(() => [
    { title: $localize`Rename`, icon: lucidePencil, run: () => this.asked.set('rename') },
    this.hook()?.enabled
      ? { title: $localize`Pause`, icon: lucidePause, run: () => this.enable(false) }
      : { title: $localize`Switch on`, icon: lucidePlay, run: () => this.enable(true) },
    { title: $localize`Remove`, icon: lucideTrash2, bad: true, run: () => this.remove() },
  ]);

  constructor() {
    const again = () => this.found.reload();
    inject(Live).watch(
      { workspaceId: this.workspaceId, filter: 'type:incoming_webhook.* OR type:incoming.received' },
      { event: again, reset: again },
    );
  }

  protected async enable(enabled: boolean, path = this.path()): Promise<void> {
    try {
      const changed = await this.requests.ask(incomingChange, { ...path, body: { enabled } });
      if (changed.id === this.incomingId()) this.found.set(changed);
      this.toasts.undoable(enabled ? $localize`On` : $localize`Paused: what is sent meanwhile is refused`, () =>
        this.enable(!enabled, path),
      );
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }

  /** A dialog is over, and may have changed something. */
  protected done(): void {
    this.asked.set(undefined);
    this.found.reload();
  }

  private remove(): void {
    const path = this.path();
    this.removals.remove(path.incomingId, $localize`The incoming hook was removed`, () =>
      this.requests.ask(incomingRemove, path),
    );
    void this.router.navigate(['/workspaces', this.workspaceId, 'webhooks', 'incoming']);
  }

  private path(incomingId = this.incomingId()) {
    return { workspaceId: this.workspaceId, incomingId };
  }
}
