import { ChangeDetectionStrategy, Component, computed, inject, resource, signal } from '@angular/core';
import { lucideSend } from '@ng-icons/lucide';
import { preferencesOwn, previewsShow, previewsTest, problemOf, Requests } from '../../api';
import { NotificationBlocks } from '../../inbox/notification-blocks';
import { CurrentWorkspace, Session } from '../../session';
import { Code, Icon, ProblemNote, Skeleton, Toasts } from '../../ui';

/** How a kind of notification reads, with the newest real thing of it, and a mail of it to oneself. */
@Component({
  selector: 'sb-mail-preview',
  imports: [Code, Icon, NotificationBlocks, ProblemNote, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    <div class="mb-4 flex flex-wrap gap-3">
      <select
        #where
        class="input !w-auto"
        aria-label="Workspace"
        i18n-aria-label
        (change)="workspaceId.set(where.value)"
      >
        @for (one of session.workspaces(); track one.id) {
          <option [value]="one.id" [selected]="one.id === workspaceId()">{{ one.name }}</option>
        }
      </select>
      <select #what class="input !w-auto max-w-full" aria-label="Kind" i18n-aria-label (change)="kind.set(what.value)">
        @for (one of kinds(); track one.kind) {
          <option [value]="one.kind" [selected]="one.kind === kind()">{{ one.title }}</option>
        }
      </select>
      <button type="button" class="btn btn-primary ml-auto" [disabled]="busy()" (click)="send()">
        <sb-icon [svg]="icon" [size]="16" /><span i18n>Send it to me</span>
      </button>
    </div>
    <div class="panel overflow-hidden">
      @if (problem(); as wrong) {
        <sb-problem-note [problem]="wrong" (retry)="found.reload()" />
      } @else if (found.hasValue()) {
        @let mail = found.value();
        <header class="border-b border-line bg-raised px-5 py-3">
          <p class="m-0 font-semibold">{{ mail.subject }}</p>
          <p class="hint m-0">
            {{ mail.preheader }}
            @if (mail.eventId === null) {
              · <ng-container i18n>an example: nothing of this kind happened here yet</ng-container>
            }
          </p>
        </header>
        <div class="mx-auto max-w-xl px-5 py-6">
          <h2 class="mt-0 mb-4 text-lg font-semibold">{{ mail.heading }}</h2>
          <sb-notification-blocks [blocks]="mail.blocks" />
        </div>
        <details class="border-t border-line px-5 py-3">
          <summary class="cursor-pointer text-muted" i18n>As plain text</summary>
          <sb-code class="mt-3" label="The mail as plain text" i18n-label [text]="mail.text" />
        </details>
      } @else {
        <sb-skeleton [rows]="5" />
      }
    </div>
  `,
})
export class MailPreview {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  protected readonly session = inject(Session);
  protected readonly icon = lucideSend;
  protected readonly workspaceId = signal(inject(CurrentWorkspace).preferred() ?? '');
  protected readonly kind = signal('deal.found');
  protected readonly busy = signal(false);

  private readonly preferences = resource({ loader: () => this.requests.ask(preferencesOwn, {}) });
  protected readonly kinds = computed(() =>
    this.preferences.hasValue() ? this.preferences.value().kinds.filter(({ kind }) => kind.includes('.')) : [],
  );
  protected readonly found = resource({
    params: () => ({ workspaceId: this.workspaceId(), kind: this.kind() }),
    loader: ({ params }) => this.requests.ask(previewsShow, params),
  });
  protected readonly problem = computed(() => {
    const error = this.found.error();
    return error && problemOf(error);
  });

  protected async send(): Promise<void> {
    this.busy.set(true);
    try {
      const { to } = await this.requests.ask(previewsTest, {
        workspaceId: this.workspaceId(),
        body: { kind: this.kind() },
      });
      this.toasts.say({ text: $localize`On its way to ${to}:address:` });
    } catch (error) {
      this.toasts.problem(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }
}
