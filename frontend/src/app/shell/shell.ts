import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  ElementRef,
  inject,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { NavigationEnd, Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { toSignal } from '@angular/core/rxjs-interop';
import { lucideMenu, lucidePanelLeftClose, lucidePanelLeftOpen, lucideSearch, lucideX } from '@ng-icons/lucide';
import { filter, map } from 'rxjs';
import { Presence } from '../people/presence';
import { CurrentWorkspace, Session } from '../session';
import { AccountMenu } from './account-menu';
import { CommandPalette } from './command-palette';
import { ConnectionNote } from './connection-note';
import { InboxBell } from './inbox-bell';
import { Navigation } from './navigation';
import { Shortcuts } from './shortcuts';
import { WorkspaceSwitcher } from './workspace-switcher';
import { Places } from './places';

const NARROW = 'signalbox.navigation';
import { Icon } from '../ui';

/** The frame of every page of somebody who is signed in. */
@Component({
  selector: 'sb-shell',
  imports: [
    AccountMenu,
    CommandPalette,
    ConnectionNote,
    InboxBell,
    Navigation,
    Icon,
    RouterLink,
    RouterLinkActive,
    RouterOutlet,
    WorkspaceSwitcher,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './shell.html',
})
export class Shell {
  private readonly router = inject(Router);
  private readonly drawer = viewChild.required<ElementRef<HTMLDialogElement>>('drawer');
  private readonly main = viewChild.required<ElementRef<HTMLElement>>('main');
  protected readonly shortcuts = inject(Shortcuts);
  protected readonly places = inject(Places);
  protected readonly current = inject(CurrentWorkspace);
  protected readonly icons = { lucideMenu, lucidePanelLeftClose, lucidePanelLeftOpen, lucideSearch, lucideX };

  /** Whether the navigation of a wide screen shows icons alone. */
  protected readonly narrow = signal(localStorage.getItem(NARROW) === 'narrow');
  protected readonly thumbs = computed(() => this.places.all().filter(({ thumb }) => thumb));
  private readonly arrivals = toSignal(
    this.router.events.pipe(
      filter((event) => event instanceof NavigationEnd),
      map(() => this.arrive()),
    ),
  );

  constructor() {
    // Whoever looks at any page of a workspace is there for its others.
    inject(Presence);
    const session = inject(Session);
    effect(() => {
      if (session.signedIn()) return;
      // Whoever was cut off comes back here after signing in.
      const queryParams = session.ended() ? { next: this.router.url } : {};
      untracked(() => void this.router.navigate(['/sign-in'], { queryParams }));
    });
  }

  protected fold(): void {
    this.narrow.update((narrow) => !narrow);
    localStorage.setItem(NARROW, this.narrow() ? 'narrow' : 'wide');
  }

  protected openDrawer(): void {
    this.drawer().nativeElement.showModal();
  }

  protected closeDrawer(): void {
    this.drawer().nativeElement.close();
  }

  /** A click beside the drawer is one on the dialog itself. */
  protected beside(event: Event): void {
    if (event.target === this.drawer().nativeElement) this.closeDrawer();
  }

  protected toContent(event: Event): void {
    event.preventDefault();
    this.main().nativeElement.focus();
  }

  private arrive(): void {
    this.drawer().nativeElement.close();
  }
}
