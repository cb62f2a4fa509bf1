import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router, RouterLink, RouterLinkActive } from '@angular/router';
import { lucideArrowLeft } from '@ng-icons/lucide';
import { filter, map } from 'rxjs';
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
      @if (back(); as link) {
        <a
          class="flex min-h-9 items-center gap-3 rounded-[10px] px-3 text-muted no-underline hover:bg-raised hover:text-ink"
          [routerLink]="link"
          [attr.title]="narrow() ? backTitle : null"
        >
          <sb-icon [svg]="icons.lucideArrowLeft" [size]="18" class="shrink-0" />
          <span [class.sr-only]="narrow()">{{ backTitle }}</span>
        </a>
      }
      @for (group of groups(); track group.title) {
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
  private readonly router = inject(Router);
  private readonly url = toSignal(
    this.router.events.pipe(
      filter((event) => event instanceof NavigationEnd),
      map(({ urlAfterRedirects }) => urlAfterRedirects),
    ),
    { initialValue: this.router.url },
  );
  /** Settings and instance have a navigation of their own, with a way back. */
  private readonly area = computed(() => AREAS.find(({ at }) => this.url().startsWith(at)) ?? WORK);
  protected readonly back = computed(() => (this.area() === WORK ? undefined : this.places.home()));
  protected readonly backTitle = $localize`Back to the workspace`;
  protected readonly icons = { lucideArrowLeft };
  protected readonly groups = computed(() =>
    this.area()
      .groups.map(({ places, title }) => ({
        title: title(),
        places: places.flatMap((place) => this.places.in(place)),
      }))
      .filter(({ places }) => places.length > 0),
  );
}

interface Area {
  readonly at: string;
  readonly groups: readonly { readonly places: readonly Place[]; readonly title: () => string }[];
}

const WORK: Area = {
  at: '/',
  groups: [
    { places: ['work', 'person'], title: () => '' },
    { places: ['workspace'], title: () => $localize`Workspace` },
  ],
};
const AREAS: readonly Area[] = [
  { at: '/settings', groups: [{ places: ['settings'], title: () => $localize`You` }] },
  { at: '/instance', groups: [{ places: ['instance'], title: () => $localize`Instance` }] },
];
