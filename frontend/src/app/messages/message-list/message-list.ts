import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  resource,
  signal,
  untracked,
} from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { lucideFileUp, lucideMails, lucideRefreshCw, lucideSearch } from '@ng-icons/lucide';
import { messagesList, messagesParseMany, problemOf, Requests, sourcesList } from '../../api';
import { Live } from '../../live/live';
import { CurrentWorkspace } from '../../session';
import { type Act, Ago, EmptyState, FilterBar, Icon, More, Page, Paged, ProblemNote, Skeleton, Toasts } from '../../ui';
import { type Message, MessageState } from '../message-state';
import { UploadDialog } from '../upload/upload-dialog';

/** The messages that sources brought in, and what became of each. Files dropped on the page are brought in. */
@Component({
  selector: 'sb-message-list',
  imports: [
    Ago,
    EmptyState,
    FilterBar,
    Icon,
    MessageState,
    More,
    Page,
    ProblemNote,
    RouterLink,
    Skeleton,
    UploadDialog,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block', '(dragover)': 'hover($event)', '(drop)': 'drop($event)' },
  templateUrl: './message-list.html',
})
export class MessageList {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  private readonly current = inject(CurrentWorkspace);
  private readonly workspaceId = this.current.required();
  readonly filter = input('', { transform: (text: string | undefined) => text ?? '' });
  protected readonly icons = { lucideFileUp, lucideMails, lucideRefreshCw, lucideSearch };
  protected readonly mayWrite = computed(() => this.current.may('messages:write'));
  protected readonly uploading = signal(false);
  protected readonly dropped = signal<readonly File[]>([]);

  protected readonly list = new Paged<Message>((cursor) =>
    this.requests.ask(messagesList, {
      workspaceId: this.workspaceId,
      limit: 50,
      ...(this.filter() && { filter: this.filter() }),
      ...(cursor !== undefined && { cursor }),
    }),
  );
  protected readonly wrong = computed(() => {
    const problem = this.list.problem();
    return problem?.status === 400 ? problem : undefined;
  });
  private readonly sources = resource({
    loader: () => this.requests.ask(sourcesList, { workspaceId: this.workspaceId, limit: 100, sort: 'name' }),
  });
  private readonly sourceNames = computed(() => {
    const items = this.sources.hasValue() ? this.sources.value().items : [];
    return new Map(items.map(({ id, name }) => [id, name]));
  });
  protected readonly known = computed(() => ({
    source: [...this.sourceNames()].map(([value, title]) => ({ value, title })),
    state: [
      { value: 'received', title: $localize`Being read` },
      { value: 'parsed', title: $localize`It offers deals` },
      { value: 'no_deal', title: $localize`No deal in it` },
      { value: 'failed', title: $localize`It could not be read` },
    ],
  }));
  /** How many came since the list was read. */
  protected readonly news = signal(0);
  protected readonly acts = computed<readonly Act[]>(() =>
    this.current.may('deals:write')
      ? [
          {
            title: $localize`Read again what an older reader read`,
            icon: lucideRefreshCw,
            run: () => this.parseAgain(true),
          },
          { title: $localize`Read all messages again`, icon: lucideRefreshCw, run: () => this.parseAgain(false) },
        ]
      : [],
  );

  constructor() {
    effect(() => {
      this.filter();
      untracked(() => void this.list.reload());
    });
    const reload = () => void this.list.reload();
    inject(Live).watch(
      {
        workspaceId: this.workspaceId,
        target: 'activity',
        filter: 'type:message.received,message.parsed,message.deleted',
      },
      { event: (event) => this.hear(event), reset: reload },
    );
  }

  protected nameOf(sourceId: string): string {
    return this.sourceNames().get(sourceId) ?? '';
  }

  protected narrow(filter: string): void {
    void this.router.navigate([], { queryParams: { filter: filter || null } });
  }

  protected async showNews(): Promise<void> {
    this.news.set(0);
    await this.list.reload();
  }

  protected hover(event: DragEvent): void {
    if (this.mayWrite() && event.dataTransfer?.types.includes('Files')) event.preventDefault();
  }

  protected drop(event: DragEvent): void {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!this.mayWrite() || files.length === 0 || this.uploading()) return;
    event.preventDefault();
    this.uploading.set(true);
    this.dropped.set(files);
  }

  protected closeUpload(): void {
    this.uploading.set(false);
    this.dropped.set([]);
    void this.showNews();
  }

  /** What is shown already changes in its place; what is new announces itself, so that nobody loses theirs. */
  private hear({ type, subject, data }: { type: string; subject: { id: string }; data: unknown }): void {
    const shown = this.list.items().find(({ id }) => id === subject.id);
    if (type === 'message.received' && !shown) this.news.update((count) => count + 1);
    if (type === 'message.deleted' && shown) this.list.take(shown.id);
    if (type === 'message.parsed' && shown) {
      const { state, deals } = data as { state: Message['state']; deals: number };
      this.list.put({ ...shown, state, dealCount: deals });
    }
  }

  private async parseAgain(outdated: boolean): Promise<void> {
    try {
      await this.requests.ask(messagesParseMany, { workspaceId: this.workspaceId, body: { outdated } });
      this.toasts.say({ text: $localize`Messages are read again, the latest state shows here as it comes.` });
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }
}
