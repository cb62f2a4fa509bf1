import { ChangeDetectionStrategy, Component, computed, inject, input, resource, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { lucideArrowLeft } from '@ng-icons/lucide';
import { previewMailboxGet, problemOf, Requests } from '../../api';
import { Clock, Code, Icon, ProblemNote, Skeleton } from '../../ui';
import { MailFrame } from './mail-frame';

type Look = 'html' | 'text' | 'raw';

/** One kept mail: as its reader sees it, as text, and as it would have been sent. */
@Component({
  selector: 'sb-mail-detail',
  imports: [Code, Icon, MailFrame, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'panel block min-w-0 overflow-hidden' },
  template: `
    <a class="btn btn-quiet btn-small mt-3 ml-3 lg:hidden" routerLink="/instance/mailbox"
      ><sb-icon [svg]="icons.lucideArrowLeft" [size]="16" /><span i18n>All mails</span></a
    >
    @if (found.error(); as error) {
      <sb-problem-note [problem]="problemOf(error)" (retry)="found.reload()" />
    } @else if (mail(); as one) {
      <header class="px-5 pt-4 pb-3">
        <h2 class="m-0 mb-1 text-base font-semibold">{{ one.subject }}</h2>
        <p class="m-0 text-xs text-muted">
          <ng-container i18n>{{ one.from }} to {{ one.to.join(', ') }}</ng-container> ·
          {{ clock.whole(one.createdAt) }}
        </p>
      </header>
      <div class="flex gap-1 px-4 pb-3" role="group" aria-label="Look" i18n-aria-label>
        @for (one of looks; track one.id) {
          <button
            type="button"
            class="btn btn-quiet btn-small"
            [class.btn-chosen]="one.id === look()"
            [attr.aria-pressed]="one.id === look()"
            (click)="look.set(one.id)"
          >
            {{ one.title }}
          </button>
        }
      </div>
      <div class="px-5 pb-5">
        @switch (look()) {
          @case ('html') {
            <sb-mail-frame [html]="one.html" [label]="one.subject" />
          }
          @case ('text') {
            <sb-code [text]="one.text" label="Text" i18n-label />
          }
          @case ('raw') {
            <sb-code [text]="one.raw" label="Source" i18n-label />
          }
        }
      </div>
    } @else {
      <sb-skeleton [rows]="6" />
    }
  `,
})
export class MailDetail {
  private readonly requests = inject(Requests);
  protected readonly clock = inject(Clock);
  readonly mailId = input.required<string>();
  protected readonly icons = { lucideArrowLeft };
  protected readonly problemOf = problemOf;
  protected readonly look = signal<Look>('html');
  protected readonly looks: readonly { readonly id: Look; readonly title: string }[] = [
    { id: 'html', title: $localize`Mail` },
    { id: 'text', title: $localize`Text` },
    { id: 'raw', title: $localize`Source` },
  ];
  protected readonly found = resource({
    params: () => this.mailId(),
    loader: ({ params: mailId }) => this.requests.ask(previewMailboxGet, { mailId }),
  });
  protected readonly mail = computed(() => (this.found.hasValue() ? this.found.value() : undefined));
}
