import { ChangeDetectionStrategy, Component, computed, inject, linkedSignal, signal } from '@angular/core';
import { form, FormField as Field, readonly, required } from '@angular/forms/signals';
import { Problem, Requests, workspacesChange, workspacesOne } from '../api';
import { Live } from '../live/live';
import { CurrentWorkspace, Session } from '../session';
import { Toasts } from '../ui';
import { FormField, FormProblem, send, sending } from '../ui/form';

/** The workspace's name. Somebody else's newer one is told, and the typed one stays. */
@Component({
  selector: 'sb-rename-workspace',
  imports: [Field, FormField, FormProblem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <form class="grid justify-items-start gap-4" novalidate (submit)="save($event)">
      <sb-form-field class="w-full" label="Name" i18n-label [field]="fields.name"
        ><input class="input" autocomplete="off" [formField]="fields.name"
      /></sb-form-field>
      @if (theirs(); as name) {
        <div class="flex flex-wrap items-center gap-3 rounded-[10px] bg-warn-soft px-3 py-2 text-warn" role="alert">
          <span i18n>Somebody renamed it to “{{ name }}” meanwhile. What you typed is still here.</span>
          <button type="button" class="btn btn-small" (click)="take()" i18n>Take theirs</button>
        </div>
      }
      <sb-form-problem [of]="sending.problem()" />
      @if (mayWrite()) {
        <button class="btn btn-primary" [disabled]="!changed()" [attr.aria-disabled]="fields().submitting()" i18n>
          Save
        </button>
      }
    </form>
  `,
})
export class RenameWorkspace {
  private readonly requests = inject(Requests);
  private readonly session = inject(Session);
  private readonly toasts = inject(Toasts);
  private readonly current = inject(CurrentWorkspace);
  private readonly workspaceId = this.current.required();
  private readonly workspace = this.current.workspace;
  protected readonly mayWrite = computed(() => this.current.may('workspace:write'));
  protected readonly sending = sending();
  /** The version that the form began with: what the server compares. */
  private readonly version = signal(this.workspace()?.version ?? 0);
  /** The name that somebody else gave meanwhile. */
  protected readonly theirs = signal<string | undefined>(undefined);
  private readonly draft = linkedSignal({
    source: () => this.version(),
    computation: (_version, before?: { value: { name: string } }) =>
      before?.value ?? { name: this.workspace()?.name ?? '' },
  });
  protected readonly fields = form(this.draft, (path) => {
    readonly(path.name, () => !this.mayWrite());
    required(path.name, { message: $localize`A name is needed.` });
  });
  protected readonly changed = computed(() => this.draft().name.trim() !== this.workspace()?.name);

  constructor() {
    inject(Live).watch(
      { workspaceId: this.workspaceId, filter: 'type:workspace.updated' },
      { event: () => void this.look() },
    );
  }

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    const taken = await send(this.fields, this.sending, async ({ name }) => {
      try {
        const { version } = await this.requests.ask(workspacesChange, {
          workspaceId: this.workspaceId,
          'If-Match': `"${this.version()}"`,
          body: { name: name.trim() },
        });
        this.version.set(version);
      } catch (error) {
        if (error instanceof Problem && error.status === 412) await this.look();
        throw error;
      }
    });
    if (!taken) return;
    this.theirs.set(undefined);
    await this.session.refresh();
    this.toasts.say({ text: $localize`The workspace is renamed` });
  }

  /** Shows what somebody else called it. */
  protected take(): void {
    this.draft.set({ name: this.theirs() ?? '' });
    this.theirs.set(undefined);
    this.sending.problem.set(undefined);
  }

  /** Looks what it is called now, and goes on from there; what was typed stays. */
  private async look(): Promise<void> {
    const { name, version } = await this.requests.ask(workspacesOne, { workspaceId: this.workspaceId });
    if (version === this.version()) return;
    if (this.changed()) this.theirs.set(name);
    else this.draft.set({ name });
    this.version.set(version);
    await this.session.refresh();
  }
}
