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
import { Router } from '@angular/router';
import { lucideHistory, lucideLogOut, lucideMoon, lucideSearch } from '@ng-icons/lucide';
import { ThemeChoice } from '../preferences/theme';
import { CurrentWorkspace, Session } from '../session';
import { Icon } from '../ui';
import { Visited } from '../ui/visited';
import { GlobalSearch } from './global-search';
import { Places } from './places';
import { Shortcuts } from './shortcuts';

/** Pages that are offered again, before anything is typed. */
const RECENT = 5;

interface Command {
  readonly title: string;
  readonly group: string;
  readonly words: string;
  readonly icon: string;
  readonly keys?: string;
  run(): unknown;
}

/** Goes anywhere and does anything by typing. Below it, the sheet of keys. */
@Component({
  selector: 'sb-command-palette',
  imports: [Icon],
  providers: [GlobalSearch],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './command-palette.html',
})
export class CommandPalette {
  private readonly router = inject(Router);
  private readonly places = inject(Places);
  private readonly session = inject(Session);
  private readonly current = inject(CurrentWorkspace);
  private readonly theme = inject(ThemeChoice);
  private readonly visited = inject(Visited);
  protected readonly things = inject(GlobalSearch);
  private readonly palette = viewChild.required<ElementRef<HTMLDialogElement>>('palette');
  private readonly sheet = viewChild.required<ElementRef<HTMLDialogElement>>('sheet');
  protected readonly shortcuts = inject(Shortcuts);
  protected readonly search = lucideSearch;

  protected readonly text = signal('');
  protected readonly at = signal(0);
  protected readonly found = computed(() => {
    const wanted = words(this.text());
    if (wanted.length === 0) return [...this.recent(), ...this.commands()];
    const commands = this.commands().filter((one) => {
      const has = words(`${one.title} ${one.words} ${one.group}`);
      return wanted.every((word) => has.some((other) => other.startsWith(word)));
    });
    return [...commands, ...this.hits()];
  });

  constructor() {
    effect(() => {
      const open = this.shortcuts.open();
      untracked(() => this.show(open));
    });
  }

  protected type(text: string): void {
    this.text.set(text);
    this.things.text.set(text);
    this.at.set(0);
  }

  protected press(event: KeyboardEvent): void {
    const { length } = this.found();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && length > 0) this.at.update((at) => (at + step + length) % length);
    else if (event.key === 'Enter') this.run(this.found()[this.at()]);
    else return;
    event.preventDefault();
    queueMicrotask(() => document.getElementById(`command-${this.at()}`)?.scrollIntoView({ block: 'nearest' }));
  }

  protected run(command: Command | undefined): void {
    if (!command) return;
    this.shortcuts.close();
    command.run();
  }

  /** A click beside the box is one on the dialog itself. */
  protected beside(event: Event): void {
    if (event.target === event.currentTarget) this.shortcuts.close();
  }

  /** Where one was before, without the page that is open. */
  private readonly recent = computed<readonly Command[]>(() =>
    this.visited
      .all()
      .filter(({ link }) => link !== this.router.url.split(/[?#]/)[0])
      .slice(0, RECENT)
      .map(({ link, title }) => ({
        title,
        icon: lucideHistory,
        words: '',
        group: $localize`Recent`,
        run: () => this.router.navigateByUrl(link),
      })),
  );
  private readonly hits = computed<readonly Command[]>(() =>
    this.things.found().map(({ title, link, finder }) => ({
      title,
      icon: finder.icon,
      words: '',
      group: finder.title(),
      run: () => this.router.navigateByUrl(link),
    })),
  );

  private readonly commands = computed<readonly Command[]>(() => [
    ...this.places.all().map(({ title, aliases, icon, keys, link }) => ({
      title,
      icon,
      words: aliases,
      group: $localize`Go to`,
      ...(keys && { keys }),
      run: () => this.router.navigateByUrl(link),
    })),
    ...this.places.all().flatMap(({ icon, aliases, commands }) =>
      commands.map(({ title, link }) => ({
        title,
        icon,
        words: aliases,
        group: $localize`Do`,
        run: () => this.router.navigateByUrl(link),
      })),
    ),
    ...this.session
      .workspaces()
      .filter(({ id }) => id !== this.current.id())
      .map(({ id, name }) => ({
        title: name,
        icon: lucideSearch,
        words: $localize`workspace switch`,
        group: $localize`Workspace`,
        run: () => this.router.navigate(['/workspaces', id]),
      })),
    {
      title: $localize`Change the look`,
      icon: lucideMoon,
      words: $localize`theme dark light`,
      group: $localize`Do`,
      run: () => this.theme.turn(),
    },
    {
      title: $localize`Sign out`,
      icon: lucideLogOut,
      words: $localize`leave log out`,
      group: $localize`Do`,
      run: () => this.session.signOut(),
    },
  ]);

  private show(open: 'palette' | 'sheet' | undefined): void {
    const [palette, sheet] = [this.palette().nativeElement, this.sheet().nativeElement];
    if (open !== 'palette') palette.close();
    if (open !== 'sheet') sheet.close();
    if (open === 'palette' && !palette.open) {
      this.type('');
      palette.showModal();
    }
    if (open === 'sheet' && !sheet.open) sheet.showModal();
  }
}

const words = (text: string): string[] =>
  text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '').split(/\s+/).filter(Boolean);
