import { ChangeDetectionStrategy, Component, computed, inject, input, resource, signal } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import {
  lucideArrowLeft,
  lucidePause,
  lucidePencil,
  lucidePlay,
  lucideSend,
  lucideTrash2,
  lucideUserCog,
} from '@ng-icons/lucide';
import { endpointsChange, endpointsOne, endpointsRemove, endpointsTakeOver, problemOf, Requests } from '../../api';
import { Live } from '../../live/live';
import { CurrentWorkspace, Session } from '../../session';
import { type Act, Ago, Icon, More, Page, ProblemNote, Removals, Skeleton, Toasts } from '../../ui';
import { RecentDeliveries } from '../deliveries/recent-deliveries';
import { EndpointFacts } from './endpoint-facts';
import { EndpointNames, hostOf } from './endpoint-names';
import { EndpointSigning } from './endpoint-signing';
import { standing } from './endpoint-words';
import { TestDialog } from './test-dialog';

/** One endpoint: how it stands and why, what it hears, what it signs with, what was sent lately. */
@Component({
  selector: 'sb-endpoint-detail',
  imports: [
    Ago,
    EndpointFacts,
    EndpointSigning,
    Icon,
    More,
    Page,
    ProblemNote,
    RecentDeliveries,
    RouterLink,
    Skeleton,
    TestDialog,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './endpoint-detail.html',
})
export class EndpointDetail {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  private readonly removals = inject(Removals);
  private readonly session = inject(Session);
  private readonly current = inject(CurrentWorkspace);
  private readonly workspaceId = this.current.required();
  protected readonly names = inject(EndpointNames);
  readonly endpointId = input.required<string>();
  /** Where the address asks for a test: the type whose example is offered. */
  readonly test = input<string>();
  protected readonly icons = { lucideArrowLeft, lucidePencil, lucidePlay, lucideSend };
  protected readonly standing = standing;
  protected readonly problemOf = problemOf;
  protected readonly mayWrite = computed(() => this.current.may('webhooks:write'));
  protected readonly busy = signal(false);

  protected readonly found = resource({
    params: () => this.endpointId(),
    loader: ({ params }) => this.requests.ask(endpointsOne, this.path(params)),
  });
  protected readonly endpoint = computed(() => (this.found.hasValue() ? this.found.value() : undefined));
  protected readonly heading = computed(() => {
    const one = this.endpoint();
    return one ? one.description || hostOf(one.url) : $localize`Endpoint`;
  });
  protected readonly mine = computed(() => this.endpoint()?.ownerId === this.session.person()?.id);
  protected readonly acts = computed<readonly Act[]>(() => {
    const one = this.endpoint();
    if (!one) return [];
    return [
      one.state === 'enabled'
        ? { title: $localize`Pause`, icon: lucidePause, run: () => this.enable(false) }
        : { title: $localize`Switch on`, icon: lucidePlay, run: () => this.enable(true) },
      ...(this.mine() ? [] : [{ title: $localize`Take over`, icon: lucideUserCog, run: () => this.takeOver() }]),
      { title: $localize`Remove`, icon: lucideTrash2, bad: true, run: () => this.remove() },
    ];
  });

  constructor() {
    inject(Live).watch(
      { workspaceId: this.workspaceId, filter: 'type:webhook_endpoint.*' },
      {
        event: ({ subject }) => subject.id === this.endpointId() && this.found.reload(),
        reset: () => this.found.reload(),
      },
    );
  }

  /** The dialog of tests stands in the address. */
  protected async testing(type: string | null): Promise<void> {
    await this.router.navigate([], { queryParams: { test: type }, replaceUrl: true });
  }

  protected async enable(enabled: boolean, path = this.path()): Promise<void> {
    await this.change(
      () => this.requests.ask(endpointsChange, { ...path, body: { enabled } }),
      enabled
        ? $localize`On: what waited is sent now`
        : $localize`Paused: what waits stays, what happens now is not kept for it`,
      () => this.enable(!enabled, path),
    );
  }

  protected async takeOver(): Promise<void> {
    await this.change(
      () => this.requests.ask(endpointsTakeOver, this.path()),
      $localize`It hears what you may see now`,
    );
  }

  private remove(): void {
    const path = this.path();
    this.removals.remove(path.endpointId, $localize`The endpoint was removed`, () =>
      this.requests.ask(endpointsRemove, path),
    );
    void this.router.navigate(['/workspaces', this.workspaceId, 'webhooks']);
  }

  private async change(
    work: () => Promise<NonNullable<ReturnType<typeof this.endpoint>>>,
    text: string,
    undo?: () => unknown,
  ): Promise<void> {
    this.busy.set(true);
    try {
      const changed = await work();
      if (changed.id === this.endpointId()) this.found.set(changed);
      if (undo) this.toasts.undoable(text, undo);
      else this.toasts.say({ text });
    } catch (error) {
      this.toasts.problem(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }

  private path(endpointId = this.endpointId()) {
    return { workspaceId: this.workspaceId, endpointId };
  }
}
