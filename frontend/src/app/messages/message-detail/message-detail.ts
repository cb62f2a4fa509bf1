import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  input,
  LOCALE_ID,
  resource,
  signal,
  viewChild,
} from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { lucideArrowLeft, lucideDownload, lucideRefreshCw, lucideTrash2 } from '@ng-icons/lucide';
import { messagesOne, messagesParse, messagesRaw, messagesRemove, problemOf, Requests } from '../../api';
import { fieldTitle } from '../../deals/field-title';
import { Live } from '../../live/live';
import { CurrentWorkspace } from '../../session';
import { type Act, Ago, Icon, Removals, More, Page, ProblemNote, Skeleton, Toasts } from '../../ui';
import { type Mark, MailView } from '../mail-view/mail-view';
import { MessageState } from '../message-state';

/** How long a message that is read again may take before one is told to look later. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 3000;

/** One message as it came, what was found in it and where; reading it again. */
@Component({
  selector: 'sb-message-detail',
  imports: [Ago, Icon, MailView, MessageState, More, Page, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './message-detail.html',
})
export class MessageDetail {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  private readonly removals = inject(Removals);
  private readonly current = inject(CurrentWorkspace);
  protected readonly workspaceId = this.current.required();
  private readonly view = viewChild(MailView);
  readonly messageId = input.required<string>();
  protected readonly icons = { lucideArrowLeft, lucideRefreshCw };
  protected readonly noSubject = $localize`No subject`;
  private readonly size = new Intl.NumberFormat(inject(LOCALE_ID), {
    style: 'unit',
    unit: 'kilobyte',
    maximumFractionDigits: 1,
  });

  protected readonly found = resource({
    params: () => this.at(),
    loader: ({ params }) => this.requests.ask(messagesOne, params),
  });
  protected readonly message = computed(() => (this.found.hasValue() ? this.found.value() : undefined));
  protected readonly problem = computed(() => this.found.error() && problemOf(this.found.error()));
  protected readonly reading = signal(false);
  protected readonly mayRead = computed(() => this.current.may('deals:write'));

  /** The marks of all deals in a row; each deal knows where its own begin. */
  protected readonly deals = computed(() => {
    let first = 0;
    return (this.message()?.deals ?? []).map((deal) => {
      const marks: Mark[] = Object.entries(deal.evidence).map(([field, span]) => ({
        label: fieldTitle(field),
        span,
      }));
      const numbered = marks.map((mark, index) => ({ ...mark, number: first + index }));
      first += marks.length;
      return { id: deal.id, title: deal.title, marks: numbered };
    });
  });
  protected readonly marks = computed(() => this.deals().flatMap(({ marks }) => marks));
  protected readonly acts = computed<readonly Act[]>(() => [
    { title: $localize`Download as it came`, icon: lucideDownload, run: () => this.download() },
    ...(this.current.may('messages:write')
      ? [{ title: $localize`Remove`, icon: lucideTrash2, bad: true, run: () => this.remove() }]
      : []),
  ]);

  constructor() {
    inject(Live).watch(
      { workspaceId: this.workspaceId, target: 'activity', filter: 'type:message.parsed' },
      { event: ({ subject }) => subject.id === this.messageId() && void this.refresh() },
    );
  }

  protected kilobytes(bytes: number): string {
    return this.size.format(bytes / 1000);
  }

  protected look(mark: number): void {
    this.view()?.look(mark);
  }

  /** Has it read again, and waits for what comes of it. */
  protected async readAgain(): Promise<void> {
    const before = this.message()?.parsedAt;
    this.reading.set(true);
    try {
      await this.requests.ask(messagesParse, this.at());
      const end = Date.now() + PATIENCE_MS;
      while (this.reading() && this.message()?.parsedAt === before && Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
        if (this.reading() && this.message()?.parsedAt === before) await this.refresh();
      }
      this.say(this.message()?.parsedAt !== before);
    } catch (error) {
      this.toasts.problem(problemOf(error));
    } finally {
      this.reading.set(false);
    }
  }

  private say(done: boolean): void {
    const deals = this.message()?.deals.length ?? 0;
    if (!done) this.toasts.say({ text: $localize`It waits for its turn; the result shows here as it comes.` });
    else if (deals === 0) this.toasts.say({ text: $localize`Read again: no deal was found.` });
    else if (deals === 1) this.toasts.say({ text: $localize`Read again: it offers 1 deal.` });
    else this.toasts.say({ text: $localize`Read again: it offers ${deals}:count: deals.` });
  }

  /** What is shown stays until the new is there. */
  private async refresh(): Promise<void> {
    const message = await this.requests.ask(messagesOne, this.at()).catch(problemOf);
    if (!(message instanceof Error)) this.found.set(message);
  }

  private async download(): Promise<void> {
    try {
      const raw: unknown = await this.requests.ask(messagesRaw, this.at());
      const url = URL.createObjectURL(raw instanceof Blob ? raw : new Blob([String(raw)]));
      const link = document.createElement('a');
      link.href = url;
      link.download = `${this.messageId()}.eml`;
      link.click();
      URL.revokeObjectURL(url);
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }

  private async remove(): Promise<void> {
    const at = this.at();
    this.removals.remove(at.messageId, $localize`The message is removed, with the deals that only it offers.`, () =>
      this.requests.ask(messagesRemove, at),
    );
    await this.router.navigate(['/workspaces', this.workspaceId, 'messages']);
  }

  private at() {
    return { workspaceId: this.workspaceId, messageId: this.messageId() };
  }
}
