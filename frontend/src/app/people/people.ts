import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import { type Item, membersList, Problem, Requests } from '../api';
import { Live } from '../live/live';
import { CurrentWorkspace, Session } from '../session';

export type Member = Item<typeof membersList>;

/** Who belongs to the workspace of the address, so that pages name people instead of their ids. Follows who comes and goes. */
@Injectable({ providedIn: 'root' })
export class People {
  private readonly requests = inject(Requests);
  private readonly current = inject(CurrentWorkspace);
  private readonly session = inject(Session);
  private readonly known = signal<ReadonlyMap<string, Member>>(new Map());
  private asked?: string;

  /** The members, by id; empty until they came, or where this person may not see them. */
  readonly all = this.known.asReadonly();

  constructor() {
    effect(() => {
      const id = this.current.id();
      untracked(() => {
        this.known.set(new Map());
        if (id !== undefined) void this.read(id);
      });
    });
    const live = inject(Live);
    effect((onCleanup) => {
      const workspaceId = this.current.id();
      if (workspaceId === undefined) return;
      onCleanup(live.follow({ workspaceId, filter: 'type:member.*' }, { event: () => void this.read(workspaceId) }));
    });
  }

  /** @returns what the person is called, "You" for oneself, or undefined when they are not known here */
  nameOf(userId: string): string | undefined {
    if (userId === this.session.person()?.id) return $localize`You`;
    return this.known().get(userId)?.name;
  }

  private async read(workspaceId: string): Promise<void> {
    this.asked = workspaceId;
    const found: Member[] = [];
    try {
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page: { items: Member[]; nextCursor: string | null } = await this.requests.ask(membersList, {
          workspaceId,
          limit: 200,
          ...(cursor !== undefined && { cursor }),
        });
        found.push(...page.items);
        cursor = page.nextCursor;
      }
    } catch (error) {
      // Without names pages say "somebody"; nothing else depends on them.
      if (!(error instanceof Problem)) throw error;
    }
    if (this.asked === workspaceId && found.length > 0) this.known.set(new Map(found.map((one) => [one.userId, one])));
  }
}
