import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import { Router } from '@angular/router';
import { Session } from '../session';

const KEY = 'signalbox.visited';
const KEPT = 12;

/** A page that was looked at, by what it calls itself. */
export interface Visit {
  readonly link: string;
  readonly title: string;
}

/** The pages that this person looked at in this browser, the last one first. */
@Injectable({ providedIn: 'root' })
export class Visited {
  private readonly router = inject(Router);
  private readonly visits = signal<readonly Visit[]>(read());
  readonly all = this.visits.asReadonly();

  constructor() {
    const session = inject(Session);
    // Where somebody was is not for who signs in next.
    effect(() => {
      if (!session.signedIn()) untracked(() => this.keep([]));
    });
  }

  /** The page of the address calls itself so. */
  called(title: string): void {
    const link = this.router.url.split(/[?#]/)[0] ?? '';
    if (title === '' || !/^\/(workspaces|settings|instance|inbox)/.test(link)) return;
    this.keep([{ link, title }, ...this.visits().filter((one) => one.link !== link)].slice(0, KEPT));
  }

  private keep(visits: readonly Visit[]): void {
    this.visits.set(visits);
    if (visits.length > 0) localStorage.setItem(KEY, JSON.stringify(visits));
    else localStorage.removeItem(KEY);
  }
}

function read(): readonly Visit[] {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '[]') as readonly Visit[];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [];
  }
}
