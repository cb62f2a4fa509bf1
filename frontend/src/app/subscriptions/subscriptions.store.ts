import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import {
  type Item,
  ownInboxList,
  participationsJoin,
  participationsLeave,
  problemOf,
  Requests,
  subscriptionsChange,
  subscriptionsCreate,
  subscriptionsList,
  subscriptionsRemove,
} from '../api';
import { Live } from '../live/live';
import { CurrentWorkspace } from '../session';
import { Confirm, Paged, Toasts } from '../ui';
import type { Change, Subscription } from './subscription';

/** The events that tell of a change of a subscription. */
export const CHANGES = 'about:subscription';

type Told = Item<typeof ownInboxList>;

/** The subscriptions that a person sees in a workspace, and what is done to them: shown at once, taken back if refused. */
@Injectable()
export class SubscriptionsStore {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  private readonly confirm = inject(Confirm);
  readonly workspaceId = inject(CurrentWorkspace).required();

  /** In the filter language. */
  readonly filter = signal('');
  readonly list = new Paged<Subscription>((cursor) =>
    this.requests.ask(subscriptionsList, {
      workspaceId: this.workspaceId,
      limit: 50,
      sort: 'name',
      ...(this.filter() && { filter: this.filter() }),
      ...(cursor !== undefined && { cursor }),
    }),
  );
  private readonly told = signal<{ by: ReadonlyMap<string, Told>; whole: boolean } | undefined>(undefined);

  /** Reads the list and keeps it as it is, until the caller is destroyed. Call it where `inject` works. */
  follow(): void {
    effect(() => {
      this.filter();
      untracked(() => void this.list.reload());
    });
    const again = () => void this.list.reload();
    const live = inject(Live);
    live.watch({ workspaceId: this.workspaceId, filter: CHANGES }, { event: again, reset: again });
    effect(() => {
      live.inbox();
      untracked(() => void this.readTold());
    });
  }

  /** What a subscription told last: null when it never told anything, undefined when that is not known. */
  lastOf({ id }: Subscription): Told | null | undefined {
    const told = this.told();
    return told?.by.get(id) ?? (told?.whole ? null : undefined);
  }

  /** Changes one. @returns whether it was taken */
  async change(one: Subscription, change: Change): Promise<boolean> {
    this.list.put({ ...one, ...change } as Subscription);
    try {
      this.list.put(
        await this.requests.ask(subscriptionsChange, {
          workspaceId: this.workspaceId,
          subscriptionId: one.id,
          body: change,
        }),
      );
      return true;
    } catch (error) {
      this.list.put(one);
      this.toasts.problem(problemOf(error));
      return false;
    }
  }

  /** Puts one off, with a way back. @param until RFC 3339; null wakes it */
  async snooze(one: Subscription, until: string | null): Promise<void> {
    const before = one.snoozedUntil;
    if (await this.change(one, { snoozedUntil: until }))
      this.toasts.undoable(until === null ? $localize`It tells you again` : $localize`Snoozed`, () =>
        this.change(one, { snoozedUntil: before }),
      );
  }

  async pause(one: Subscription): Promise<void> {
    if (await this.change(one, { paused: !one.paused }))
      this.toasts.undoable(one.paused ? $localize`Resumed` : $localize`Paused`, () =>
        this.change(one, { paused: one.paused }),
      );
  }

  /** Joins or leaves a shared one. */
  async take(one: Subscription): Promise<void> {
    const path = { workspaceId: this.workspaceId, subscriptionId: one.id };
    this.list.put({ ...one, joined: !one.joined });
    try {
      if (one.joined) await this.requests.ask(participationsLeave, path);
      else this.list.put(await this.requests.ask(participationsJoin, path));
      this.toasts.undoable(one.joined ? $localize`You left it` : $localize`You joined`, () =>
        this.take({ ...one, joined: !one.joined }),
      );
    } catch (error) {
      this.list.put(one);
      this.toasts.problem(problemOf(error));
    }
  }

  /** Takes one away; *Undo* makes the same anew, which has told nothing yet. @returns whether it is gone */
  async remove(one: Subscription): Promise<boolean> {
    if (one.shared && !(await this.agreed(one))) return false;
    const back = this.list.take(one.id);
    try {
      await this.requests.ask(subscriptionsRemove, { workspaceId: this.workspaceId, subscriptionId: one.id });
      this.toasts.undoable($localize`“${one.name}:name:” was removed`, () => this.make(one));
      return true;
    } catch (error) {
      back();
      this.toasts.problem(problemOf(error));
      return false;
    }
  }

  /** Who joined a shared one cannot be brought back. */
  private agreed({ name }: Subscription): Promise<boolean> {
    return this.confirm.ask({
      heading: $localize`Remove “${name}:name:”?`,
      text: $localize`It is shared: everybody who joined it is told of it no more.`,
      action: $localize`Remove it`,
      bad: true,
    });
  }

  private async make(one: Subscription): Promise<void> {
    const { id: _id, joined: _joined, version: _version, createdAt: _created, updatedAt: _updated, ...body } = one;
    try {
      this.list.put(await this.requests.ask(subscriptionsCreate, { workspaceId: this.workspaceId, body }));
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }

  private async readTold(): Promise<void> {
    try {
      const { items, nextCursor } = await this.requests.ask(ownInboxList, {
        box: 'all',
        limit: 200,
        filter: `workspace:${this.workspaceId} subscription:*`,
      });
      const by = new Map<string, Told>();
      for (const told of items) if (told.source && !by.has(told.source.id)) by.set(told.source.id, told);
      this.told.set({ by, whole: nextCursor === null });
    } catch {
      // The list stands without it, and says nothing of what was told.
      this.told.set(undefined);
    }
  }
}
