import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import { type Item, ownInboxChange, ownInboxList, ownInboxRead, problemOf, Requests } from '../api';
import { Live } from '../live/live';
import { Session } from '../session';
import { Paged, Toasts } from '../ui';

export type Notification = Item<typeof ownInboxList>;
export type Box = 'inbox' | 'snoozed' | 'archived';
type Change = { read?: boolean; archived?: boolean; snoozedUntil?: string | null };

/** One person's notifications, live: what comes or is done elsewhere shows at once, what is done here shows before the server answers. */
@Injectable()
export class InboxStore {
  private readonly requests = inject(Requests);
  private readonly live = inject(Live);
  private readonly toasts = inject(Toasts);
  private readonly session = inject(Session);

  readonly box = signal<Box>('inbox');
  readonly list = new Paged<Notification>((cursor) =>
    this.requests.ask(ownInboxList, { box: this.box(), limit: 50, ...(cursor !== undefined && { cursor }) }),
  );
  /** Unread ones of all workspaces; as many as 1,000 or more where it says 1,000. */
  readonly unread = computed(() => this.live.inbox()?.unread.total ?? 0);

  constructor() {
    effect(() => {
      this.box();
      untracked(() => void this.list.reload({ keep: false }));
    });
    effect(() => {
      const news = this.live.inbox();
      if (news) untracked(() => void this.list.reload());
    });
  }

  /** @returns the name of a notification's workspace */
  workspaceOf({ workspaceId }: Notification): string | undefined {
    return this.session.workspaces().find(({ id }) => id === workspaceId)?.name;
  }

  async read(one: Notification, read = true): Promise<void> {
    if ((one.readAt !== null) === read) return;
    this.list.put({ ...one, readAt: read ? new Date().toISOString() : null });
    await this.change(one, { read }, () => this.list.put(one));
  }

  /** Puts one away, with a way back. */
  async archive(one: Notification): Promise<void> {
    const away = this.box() !== 'archived';
    const back = this.list.take(one.id);
    const taken = await this.change(one, { archived: away }, back);
    if (taken)
      this.toasts.undoable(away ? $localize`Archived` : $localize`Back in the inbox`, async () => {
        back();
        await this.change(one, { archived: !away }, () => this.list.take(one.id));
      });
  }

  /** Puts one off. @param until RFC 3339 */
  async snooze(one: Notification, until: string): Promise<void> {
    const back = this.list.take(one.id);
    const taken = await this.change(one, { snoozedUntil: until }, back);
    if (taken)
      this.toasts.undoable($localize`Put off`, async () => {
        back();
        await this.change(one, { snoozedUntil: null }, () => this.list.take(one.id));
      });
  }

  /** Marks all that is shown, and what came before it, as read. */
  async readAll(): Promise<void> {
    const upTo = Math.max(...this.list.items().map(({ position }) => position));
    try {
      await this.requests.ask(ownInboxRead, { body: { upTo } });
      await this.list.reload();
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }

  private async change({ id }: Notification, body: Change, undo: () => unknown): Promise<boolean> {
    try {
      await this.requests.ask(ownInboxChange, { notificationId: id, body });
      return true;
    } catch (error) {
      undo();
      this.toasts.problem(problemOf(error));
      return false;
    }
  }
}
