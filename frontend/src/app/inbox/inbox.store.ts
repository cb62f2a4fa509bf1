import { HttpContext } from '@angular/common/http';
import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import {
  type Item,
  ownInboxChange,
  ownInboxChangeMany,
  ownInboxGroups,
  ownInboxList,
  ownInboxRead,
  problemOf,
  Requests,
} from '../api';
import { Live } from '../live/live';
import { WHEN_BACK } from '../offline';
import { Session } from '../session';
import { Paged, Toasts } from '../ui';

export type Notification = Item<typeof ownInboxList>;
export type Box = 'inbox' | 'snoozed' | 'archived';
/** All that is about one thing. */
export type Group = Item<typeof ownInboxGroups> & { readonly id: string };
/** What is shown, as the address says it. */
export interface Shown {
  readonly box: Box;
  /** In the filter language. */
  readonly filter: string;
  readonly grouped: boolean;
}
type Change = { read?: boolean; archived?: boolean; snoozedUntil?: string | null };

/** As many as one request changes. */
const MANY = 200;

/** One person's notifications, live: what comes or is done elsewhere shows at once, what is done here shows before the server answers. */
@Injectable()
export class InboxStore {
  private readonly requests = inject(Requests);
  private readonly live = inject(Live);
  private readonly toasts = inject(Toasts);
  private readonly session = inject(Session);

  readonly shown = signal<Shown>({ box: 'inbox', filter: '', grouped: false }, { equal: same });
  readonly list = new Paged<Notification>((cursor) => this.requests.ask(ownInboxList, this.question(50, cursor)));
  readonly groups = new Paged<Group>(async (cursor) => {
    const { items, nextCursor } = await this.requests.ask(ownInboxGroups, this.question(30, cursor));
    return { items: items.map((one) => ({ ...one, id: `${one.workspaceId}/${one.subject.id}` })), nextCursor };
  });
  /** What is shown now, of either make. */
  readonly current = computed<Paged<Notification> | Paged<Group>>(() =>
    this.shown().grouped ? this.groups : this.list,
  );
  /** Unread ones of all workspaces; as many as 1,000 or more where it says 1,000. */
  readonly unread = computed(() => this.live.inbox()?.unread.total ?? 0);

  constructor() {
    effect(() => {
      this.shown();
      untracked(() => void this.current().reload({ keep: false }));
    });
    effect(() => {
      const news = this.live.inbox();
      if (news) untracked(() => void this.current().refresh());
    });
  }

  /** @returns the name of a notification's workspace */
  workspaceOf({ workspaceId }: { workspaceId: string }): string | undefined {
    return this.session.workspaces().find(({ id }) => id === workspaceId)?.name;
  }

  async read(one: Notification, read = true): Promise<void> {
    if ((one.readAt !== null) === read) return;
    this.list.replace({ ...one, readAt: read ? new Date().toISOString() : null });
    await this.change(one, { read }, () => this.list.replace(one));
  }

  /** Puts one away, or back into the inbox, with a way back. */
  async archive(one: Notification): Promise<void> {
    const away = one.archivedAt === null;
    const back = this.list.take(one.id);
    const taken = await this.change(one, { archived: away }, back);
    if (taken)
      this.toasts.undoable(away ? $localize`Archived` : $localize`Back in the inbox`, async () => {
        back();
        // Archiving reads it: what was unread is so again.
        const before = { archived: !away, ...(away && one.readAt === null && { read: false }) };
        await this.change(one, before, () => this.list.take(one.id));
      });
  }

  /** Puts one off, or takes it back into the inbox. @param until RFC 3339; null for at once */
  async snooze(one: Notification, until: string | null): Promise<void> {
    const leaves = (until === null) === (this.shown().box === 'snoozed');
    const back = leaves ? this.list.take(one.id) : () => this.list.replace(one);
    const taken = await this.change(one, { snoozedUntil: until }, back);
    if (taken)
      this.toasts.undoable(until === null ? $localize`Back in the inbox` : $localize`Put off`, async () => {
        back();
        await this.change(one, { snoozedUntil: one.snoozedUntil }, () => this.list.take(one.id));
      });
  }

  /** Puts all away that is about one thing, with a way back. */
  async archiveGroup(group: Group): Promise<void> {
    const back = this.groups.take(group.id);
    try {
      const { items } = await this.requests.ask(ownInboxList, {
        box: this.shown().box,
        limit: MANY,
        filter: `workspace:${group.workspaceId} subject:${group.subject.id}`,
      });
      await this.changeMany(items, true);
      this.toasts.undoable($localize`Archived`, async () => {
        try {
          await this.changeMany(items, false);
        } catch (error) {
          this.toasts.problem(problemOf(error));
        }
        await this.groups.refresh();
      });
      if (items.length === MANY) await this.groups.refresh();
    } catch (error) {
      back();
      this.toasts.problem(problemOf(error));
    }
  }

  /** Marks all that is shown, and what came before it, as read. */
  async readAll(): Promise<void> {
    const shown = this.shown().grouped ? this.groups.items().map(({ newest }) => newest) : this.list.items();
    const upTo = Math.max(...shown.map(({ position }) => position));
    try {
      await this.requests.ask(ownInboxRead, { body: { upTo } });
      await this.current().refresh();
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }

  private question(limit: number, cursor: string | undefined) {
    const { box, filter } = this.shown();
    return { box, limit, ...(filter && { filter }), ...(cursor !== undefined && { cursor }) };
  }

  private async changeMany(items: readonly Notification[], archived: boolean): Promise<void> {
    if (items.length === 0) return;
    const body = {
      items: items.map(({ id, readAt }) => ({ id, archived, ...(!archived && { read: readAt !== null }) })),
    };
    await this.requests.ask(ownInboxChangeMany, { body });
  }

  private async change({ id }: Notification, body: Change, undo: () => unknown): Promise<boolean> {
    try {
      const later = new HttpContext().set(WHEN_BACK, true);
      await this.requests.ask(ownInboxChange, { notificationId: id, body }, later);
      return true;
    } catch (error) {
      undo();
      this.toasts.problem(problemOf(error));
      return false;
    }
  }
}

function same(a: Shown, b: Shown): boolean {
  return a.box === b.box && a.filter === b.filter && a.grouped === b.grouped;
}
