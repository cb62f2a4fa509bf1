import { Injectable } from '@angular/core';
import type { Person, Workspace } from './session';

interface Kept {
  readonly person: Person;
  readonly workspaces: readonly Workspace[];
}

const KEY = 'signalbox.session';

/** Who was signed in last, so that the console opens without a network. It opens nothing on the server. */
@Injectable({ providedIn: 'root' })
export class Remembered {
  keep(kept: Kept): void {
    localStorage.setItem(KEY, JSON.stringify(kept));
  }

  read(): Kept | undefined {
    try {
      return (JSON.parse(localStorage.getItem(KEY) ?? 'null') as Kept | null) ?? undefined;
    } catch {
      this.forget();
      return undefined;
    }
  }

  forget(): void {
    localStorage.removeItem(KEY);
  }
}
