import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Ago, EmptyState, type Paged, ProblemNote, Skeleton } from '../ui';

/** A line of a summary: where it leads, what it says, and what stands at its end. */
export interface SummaryLine {
  readonly id: string;
  readonly link: readonly string[];
  readonly text: string;
  readonly strong?: boolean;
  /** RFC 3339. */
  readonly at?: string;
  readonly end?: string;
}

/** The first lines of a longer list. */
@Component({
  selector: 'sb-summary',
  imports: [Ago, EmptyState, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (list().problem(); as problem) {
      <sb-problem-note [problem]="problem" (retry)="list().reload()" />
    } @else if (list().first()) {
      <sb-skeleton [rows]="4" [height]="44" />
    } @else if (list().empty()) {
      <sb-empty-state [title]="emptyTitle()">{{ emptyText() }}</sb-empty-state>
    } @else {
      <ul class="rows m-0 list-none p-0">
        @for (line of list().items(); track line.id) {
          <li>
            <a
              class="flex items-baseline gap-3 px-5 py-2.5 text-ink no-underline hover:bg-raised"
              [routerLink]="line.link"
            >
              <span class="min-w-0 flex-1 truncate" [class.font-semibold]="line.strong">{{ line.text }}</span>
              @if (line.end; as end) {
                <span class="font-semibold tabular">{{ end }}</span>
              }
              @if (line.at; as at) {
                <sb-ago class="text-xs text-muted" [at]="at" />
              }
            </a>
          </li>
        }
      </ul>
    }
  `,
})
export class Summary {
  readonly list = input.required<Paged<SummaryLine>>();
  readonly emptyTitle = input.required<string>();
  readonly emptyText = input.required<string>();
}
