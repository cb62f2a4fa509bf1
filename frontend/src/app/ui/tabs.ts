import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink, RouterLinkActive } from '@angular/router';

/** A part of a page with an address of its own. */
export interface Tab {
  /** As in `routerLink`, from the route of the page that shows the tabs. */
  readonly link: string | readonly unknown[];
  readonly title: string;
  readonly exact?: boolean;
  readonly count?: number;
}

/** The parts of a page, as links. */
@Component({
  selector: 'sb-tabs',
  imports: [RouterLink, RouterLinkActive],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'mb-5 block overflow-x-auto border-b border-line' },
  template: `
    <nav class="flex gap-1" [attr.aria-label]="label()">
      @for (tab of tabs(); track tab.link) {
        <a
          class="-mb-px flex min-h-10 items-center gap-2 border-b-2 border-transparent px-3 font-medium whitespace-nowrap text-muted no-underline hover:text-ink"
          [routerLink]="tab.link"
          routerLinkActive="!border-brand !text-ink"
          [routerLinkActiveOptions]="tab.exact ? exactly : { exact: false }"
          ariaCurrentWhenActive="page"
        >
          {{ tab.title }}
          @if (tab.count) {
            <span class="badge">{{ tab.count }}</span>
          }
        </a>
      }
    </nav>
  `,
})
export class Tabs {
  /** What a filter or an order puts behind the address does not make it another. */
  protected readonly exactly = {
    paths: 'exact',
    queryParams: 'ignored',
    matrixParams: 'ignored',
    fragment: 'ignored',
  } as const;
  readonly tabs = input.required<readonly Tab[]>();
  readonly label = input($localize`Parts of this page`);
}
