import { computed, inject, Injectable, signal } from '@angular/core';
import { Router } from '@angular/router';
import { Places } from './places';

const MAC = /mac|iphone|ipad/i.test(navigator.userAgent);
/** Two keys of a sequence come within this time. */
const SEQUENCE_MS = 1200;

/** The keyboard: the palette, the sheet of keys, and the two-key ways to pages. */
@Injectable({ providedIn: 'root' })
export class Shortcuts {
  private readonly router = inject(Router);
  private readonly places = inject(Places);
  private readonly shown = signal<'palette' | 'sheet' | undefined>(undefined);
  private readonly ever = signal(false);
  private first?: { key: string; at: number };

  /** What is open above the page. */
  readonly open = this.shown.asReadonly();
  /** True once anything was opened: its code is loaded then. */
  readonly used = this.ever.asReadonly();
  readonly modifier = MAC ? '⌘' : 'Ctrl';
  /** The ways to pages, for the sheet. */
  readonly ways = computed(() => this.places.all().filter(({ keys }) => keys !== undefined));

  constructor() {
    document.addEventListener('keydown', (event) => this.press(event));
  }

  openPalette(): void {
    this.show('palette');
  }

  openSheet(): void {
    this.show('sheet');
  }

  close(): void {
    this.shown.set(undefined);
  }

  private show(what: 'palette' | 'sheet'): void {
    this.ever.set(true);
    this.shown.set(what);
  }

  private press(event: KeyboardEvent): void {
    if ((MAC ? event.metaKey : event.ctrlKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      return this.openPalette();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target) || this.shown()) return;
    if (event.key === '?') return this.openSheet();
    const { first } = this;
    const keys = first && event.timeStamp - first.at < SEQUENCE_MS ? `${first.key} ${event.key}` : undefined;
    const way = this.ways().find((one) => one.keys === keys);
    this.first = way ? undefined : { key: event.key, at: event.timeStamp };
    if (way) void this.router.navigateByUrl(way.link);
  }
}

/** Whether keys go into a field. */
function writing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
