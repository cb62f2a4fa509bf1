import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import { auditEventsList, Requests } from '../api';
import { Live } from '../live/live';
import { CurrentWorkspace } from '../session';
import { Paged } from '../ui';
import { grouped } from './grouped';
import { type Happened, told, trailed } from './happened';
import { rooms } from './rooms';
import { WORTH_TELLING } from './worth-telling';

/** Who may not read the trail hears again what happened within so many positions of the log. */
const REPLAYED = 5000;
const SHOWN = 500;

/** What happens in the workspace of the address, live, with what happened before. */
@Injectable()
export class ActivityStore {
  private readonly requests = inject(Requests);
  private readonly live = inject(Live);
  private readonly current = inject(CurrentWorkspace);
  private readonly workspaceId = this.current.required();
  private readonly readsTrail = this.current.may('audit:read');

  /** The room that the feed is narrowed to; undefined for all. */
  readonly room = signal<string | undefined>(undefined);
  private readonly filter = computed(() => {
    const room = rooms.find(({ id }) => id === this.room());
    return room ? `type:${room.types.join(',')}` : WORTH_TELLING;
  });
  readonly list = new Paged<Happened>(async (cursor) => {
    if (!this.readsTrail) return { items: [], nextCursor: null };
    const { items, nextCursor } = await this.requests.ask(auditEventsList, {
      workspaceId: this.workspaceId,
      filter: this.filter(),
      sort: '-position',
      limit: 40,
      ...(cursor !== undefined && { cursor }),
    });
    return { items: items.map(trailed), nextCursor };
  });
  readonly bursts = computed(() => grouped(this.list.items().slice(0, SHOWN)));

  constructor() {
    effect((onCleanup) => {
      const filter = this.filter();
      let over = false;
      let end: (() => void) | undefined;
      onCleanup(() => {
        over = true;
        end?.();
      });
      // First what was, then what comes: a list that is read later would lose what came meanwhile.
      void untracked(() => this.list.reload({ keep: false })).then(() => {
        if (over) return;
        end = this.live.follow(
          { workspaceId: this.workspaceId, filter },
          { event: (event) => this.list.put(told(event)), reset: () => void this.list.reload() },
          this.readsTrail ? 0 : REPLAYED,
        );
      });
    });
  }
}
