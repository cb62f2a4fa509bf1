import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { RouterLink, RouterLinkActive } from '@angular/router';
import type { Place } from '../feature';
import { Places } from './places';
import { Icon } from '../ui';

/** Where one can go, in groups. */
@Component({
  selector: 'sb-navigation',
  imports: [Icon, RouterLink, RouterLinkActive],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    <nav aria-label="Main" i18n-aria-label class="grid gap-5">
      @for (group of groups(); track group.place) {
        <div>
          @if (group.title && !narrow()) {
            <p class="m-0 px-3 pb-1 text-xs font-medium text-muted">{{ group.title }}</p>
          }
          <ul class="m-0 grid list-none gap-0.5 p-0">
            @for (place of group.places; track place.link) {
              <li>
                <a
                  class="flex min-h-9 items-center gap-3 rounded-[10px] px-3 font-medium text-ink no-underline hover:bg-raised"
                  [routerLink]="place.link"
                  routerLinkActive="bg-brand-soft !text-brand-ink"
                  [routerLinkActiveOptions]="{ exact: place.exact }"
                  ariaCurrentWhenActive="page"
                  [attr.title]="narrow() ? place.title : null"
                >
                  <sb-icon [svg]="place.icon" [size]="18" class="shrink-0" />
                  <span [class.sr-only]="narrow()">{{ place.title }}</span>
                </a>
              </li>
            }
          </ul>
        </div>
      }
    </nav>
  `,
})
export class Navigation {
  readonly narrow = input(false);
  private readonly places = inject(Places);
  protected readonly groups = computed(() =>
    GROUPS.map(({ place, title }) => ({ place, title: title(), places: this.places.in(place) })).filter(
      ({ places }) => places.length > 0,
    ),
  );
}

const GROUPS: readonly { place: Place; title: () => string }[] = [
  { place: 'work', title: () => '' },
  { place: 'person', title: () => '' },
  { place: 'workspace', title: () => $localize`Workspace` },
  { place: 'settings', title: () => $localize`You` },
  { place: 'instance', title: () => $localize`Instance` },
];
