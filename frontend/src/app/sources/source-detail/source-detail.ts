import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  linkedSignal,
  resource,
  signal,
  untracked,
} from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import {
  lucideArrowLeft,
  lucidePause,
  lucidePlay,
  lucidePlugZap,
  lucideRefreshCw,
  lucideTrash2,
} from '@ng-icons/lucide';
import {
  type Answer,
  type Problem,
  problemOf,
  Requests,
  sourcesChange,
  sourcesChangeAddress,
  sourcesOne,
  sourcesPause,
  sourcesRemove,
  sourcesResume,
  sourcesTest,
} from '../../api';
import { Live } from '../../live/live';
import { CurrentWorkspace } from '../../session';
import { Ago, Confirm, Copy, Icon, Page, ProblemNote, Skeleton, Toasts, Removals } from '../../ui';
import { FormProblem, send, sending } from '../../ui/form';
import { SourceFields } from '../source-form/source-fields';
import { credentialsOf, modelOf, settingsOf, sourceForm } from '../source-form/source-model';
import { kindOf, type Source } from '../source-kinds';
import { SourceStatus } from '../source-status';

/** One source: how it fares, trying it out, its settings, pausing and removing it. */
@Component({
  selector: 'sb-source-detail',
  imports: [Ago, Copy, FormProblem, Icon, Page, ProblemNote, RouterLink, Skeleton, SourceFields, SourceStatus],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './source-detail.html',
})
export class SourceDetail {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  private readonly removals = inject(Removals);
  private readonly confirm = inject(Confirm);
  private readonly current = inject(CurrentWorkspace);
  private readonly workspaceId = this.current.required();
  readonly sourceId = input.required<string>();
  /** Set behind adding it: tries it out at once. */
  readonly try = input<string>();
  protected readonly icons = { lucideArrowLeft, lucidePause, lucidePlay, lucidePlugZap, lucideRefreshCw, lucideTrash2 };
  protected readonly kindOf = kindOf;
  protected readonly workspace = this.workspaceId;
  protected readonly mayWrite = computed(() => this.current.may('sources:write'));

  protected readonly found = resource({
    params: () => this.at(),
    loader: ({ params }) => this.requests.ask(sourcesOne, params),
  });
  protected readonly source = computed(() => (this.found.hasValue() ? this.found.value() : undefined));
  protected readonly problem = computed(() => this.found.error() && problemOf(this.found.error()));

  /** What is typed is based on this; another version meanwhile is told, and nothing typed is lost. */
  private readonly base = signal<Source | undefined>(undefined);
  private readonly version = signal<number | undefined>(undefined);
  private readonly model = linkedSignal(() => modelOf(this.base()));
  protected readonly form = sourceForm(this.model, () => this.source()?.kind ?? 'upload', false);
  protected readonly sending = sending();
  protected readonly stale = computed(() => this.sending.problem()?.status === 412);

  protected readonly testing = signal(false);
  protected readonly tested = signal<Answer<typeof sourcesTest> | undefined>(undefined);

  constructor() {
    effect(() => {
      const now = this.source();
      if (!now || untracked(this.base)?.id === now.id) return;
      // Another source under the same page: what was typed and tried belongs to the one before.
      this.base.set(now);
      this.version.set(now.version);
      this.sending.problem.set(undefined);
      this.tested.set(undefined);
    });
    effect(() => {
      if (this.try() && this.source()) untracked(() => void this.first());
    });
    const reload = () => void this.found.reload();
    inject(Live).watch(
      { workspaceId: this.workspaceId, target: 'activity', filter: 'type:source.*,message.received' },
      { event: reload, reset: reload },
    );
  }

  protected async test(): Promise<void> {
    this.testing.set(true);
    this.tested.set(undefined);
    try {
      this.tested.set(await this.requests.ask(sourcesTest, this.at()));
    } catch (error) {
      this.toasts.problem(problemOf(error));
    } finally {
      this.testing.set(false);
    }
  }

  protected setPaused(paused: boolean): Promise<void> {
    return this.act(
      () => this.requests.ask(paused ? sourcesPause : sourcesResume, this.at()),
      paused ? $localize`Paused: nothing is taken in.` : $localize`Resumed`,
    );
  }

  protected async changeAddress(): Promise<void> {
    const yes = await this.confirm.ask({
      heading: $localize`Change the address?`,
      text: $localize`Mail to the address of now is refused from then on: whatever is subscribed with it must be told the new one.`,
      action: $localize`Change the address`,
      bad: true,
    });
    if (yes) await this.act(() => this.requests.ask(sourcesChangeAddress, this.at()), $localize`The address is new.`);
  }

  protected async save(event: Event, source: Source): Promise<void> {
    event.preventDefault();
    const version = this.version() ?? source.version;
    const taken = await send(this.form, this.sending, async (model) => {
      const credentials = source.kind === 'imap' ? credentialsOf(model) : undefined;
      const changed = await this.requests.ask(sourcesChange, {
        ...this.at(),
        'If-Match': `W/"${version}"`,
        body: {
          name: model.name.trim(),
          ...(['imap', 'feed'].includes(source.kind) && { settings: settingsOf(source.kind, model) }),
          ...(credentials && { credentials }),
        },
      });
      this.take(changed);
    });
    if (taken) this.toasts.say({ text: $localize`Saved` });
  }

  /** Puts in the form what somebody else saved. */
  protected async loadTheirs(): Promise<void> {
    try {
      this.take(await this.requests.ask(sourcesOne, this.at()));
      this.sending.problem.set(undefined);
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }

  protected async remove(source: Source): Promise<void> {
    this.removals.remove(source.id, $localize`${source.name}:name: is removed. Its messages and deals stay.`, () =>
      this.requests.ask(sourcesRemove, this.at(source.id)),
    );
    await this.router.navigate(['/workspaces', this.workspaceId, 'sources']);
  }

  private async first(): Promise<void> {
    await this.router.navigate([], { queryParams: { try: null }, replaceUrl: true });
    await this.test();
  }

  private async act(work: () => Promise<Source>, text: string): Promise<void> {
    try {
      this.moved(await work());
      this.toasts.say({ text });
    } catch (error) {
      this.toasts.problem(problemOf(error) satisfies Problem);
    }
  }

  /** Another state, by an act of this page: what is typed stays, and is based on it if nobody else changed anything. */
  private moved(source: Source): void {
    this.found.set(source);
    if (this.version() === source.version - 1) this.version.set(source.version);
  }

  private take(source: Source): void {
    this.found.set(source);
    this.base.set(source);
    this.version.set(source.version);
  }

  private at(sourceId = this.sourceId()) {
    return { workspaceId: this.workspaceId, sourceId };
  }
}
