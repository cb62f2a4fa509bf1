import { ChangeDetectionStrategy, Component, inject, LOCALE_ID, resource, signal } from '@angular/core';
import { lucideBuilding2, lucidePause, lucidePlay } from '@ng-icons/lucide';
import {
  type Answer,
  assignmentsList,
  assignmentsPlans,
  type Item,
  operatorsHealth,
  problemOf,
  Requests,
  workspaceSuspensionsResume,
} from '../../api';
import { type Act, Ago, EmptyState, More, Page, Paged, ProblemNote, Skeleton, Toasts } from '../../ui';
import { PlanDialog } from './plan-dialog';
import { SuspendDialog } from './suspend-dialog';
import { quotaInWords } from './quota-words';

/** How a workspace fares, and what it uses of which plan. */
export type Workspace = Item<typeof operatorsHealth> & { readonly usage?: Item<typeof assignmentsList> };
export type Plan = Answer<typeof assignmentsPlans>['items'][number];

/** Every workspace with its people, what failed, and what it uses of its plan: never what is in it. */
@Component({
  selector: 'sb-workspace-list',
  imports: [Ago, EmptyState, More, Page, PlanDialog, ProblemNote, Skeleton, SuspendDialog],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './workspace-list.html',
})
export class WorkspaceList {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  protected readonly icons = { lucideBuilding2 };
  protected readonly locale = inject(LOCALE_ID);
  protected readonly quotaInWords = quotaInWords;
  protected readonly asked = signal<{ readonly what: 'plan' | 'suspend'; readonly of: Workspace } | undefined>(
    undefined,
  );
  protected readonly plans = resource({ loader: () => this.requests.ask(assignmentsPlans, {}) });
  /** Both lists are read in the same order, so that a page of one holds the workspaces of the other. */
  protected readonly list = new Paged<Workspace>(async (cursor) => {
    const { usage, health } = readCursors(cursor);
    const page = { limit: 50, sort: 'name' as const };
    const [workspaces, uses] = await Promise.all([
      this.requests.ask(operatorsHealth, { ...page, ...(health && { cursor: health }) }),
      this.requests.ask(assignmentsList, { ...page, ...(usage && { cursor: usage }) }),
    ]);
    const of = new Map(uses.items.map((one) => [one.workspaceId, one]));
    return {
      items: workspaces.items.map((one) => {
        const its = of.get(one.id);
        return its ? { ...one, usage: its } : one;
      }),
      nextCursor: workspaces.nextCursor && JSON.stringify({ health: workspaces.nextCursor, usage: uses.nextCursor }),
    };
  });

  constructor() {
    void this.list.reload();
  }

  protected knownPlans(): readonly Plan[] {
    return this.plans.hasValue() ? this.plans.value().items : [];
  }

  protected moreOf({ name }: Workspace): string {
    return $localize`More to do with ${name}:name:`;
  }

  protected failing({ signs }: Workspace): number {
    return signs['failingSources'] ?? 0;
  }

  /** The quotas that are used, the fullest first. */
  protected pressing({ usage }: Workspace) {
    return (usage?.quotas ?? [])
      .filter(({ used }) => used > 0)
      .toSorted((a, b) => (b.percent ?? 0) - (a.percent ?? 0))
      .slice(0, 3);
  }

  protected acts(one: Workspace): readonly Act[] {
    return [
      {
        title: $localize`Change its plan`,
        icon: lucideBuilding2,
        run: () => this.asked.set({ what: 'plan', of: one }),
      },
      one.suspension
        ? { title: $localize`End the suspension`, icon: lucidePlay, run: () => this.resume(one) }
        : {
            title: $localize`Suspend`,
            icon: lucidePause,
            bad: true,
            run: () => this.asked.set({ what: 'suspend', of: one }),
          },
    ];
  }

  /** A dialog is over, and may have changed something. */
  protected done(changed: boolean): void {
    this.asked.set(undefined);
    if (changed) void this.list.reload();
  }

  private async resume(one: Workspace): Promise<void> {
    this.list.put({ ...one, suspension: null });
    try {
      await this.requests.ask(workspaceSuspensionsResume, { workspaceId: one.id });
      this.toasts.say({ text: $localize`${one.name}:name: is open again` });
    } catch (error) {
      this.list.put(one);
      this.toasts.problem(problemOf(error));
    }
  }
}

function readCursors(text: string | undefined): { health?: string; usage?: string } {
  return text === undefined ? {} : (JSON.parse(text) as { health?: string; usage?: string });
}
