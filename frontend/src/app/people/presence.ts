import { effect, inject, Injectable, signal } from '@angular/core';
import { Live } from '../live/live';
import { CurrentWorkspace } from '../session';

/** Who has the workspace of the address open in a console now. */
@Injectable({ providedIn: 'root' })
export class Presence {
  private readonly live = inject(Live);
  private readonly current = inject(CurrentWorkspace);
  private readonly ids = signal<ReadonlySet<string>>(new Set());
  /** Ids of people, oneself included. */
  readonly here = this.ids.asReadonly();

  constructor() {
    effect((onCleanup) => {
      const workspaceId = this.current.id();
      if (workspaceId === undefined) return;
      onCleanup(
        this.live.visit({ workspaceId, page: 'console' }, { people: (people) => this.ids.set(new Set(people)) }),
      );
    });
  }
}
