import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { NgTemplateOutlet } from '@angular/common';
import { RouterLink } from '@angular/router';
import { lucideRadio } from '@ng-icons/lucide';
import { Ago, EmptyState, Icon, ProblemNote, Skeleton } from '../ui';
import { CurrentWorkspace } from '../session';
import { ActivityStore } from './activity.store';
import { Narrator } from './narrator';
import { rooms } from './rooms';

/** What happens in the workspace, in sentences, with what happened before; narrowed to one room if wanted. */
@Component({
  selector: 'sb-activity-feed',
  imports: [Ago, EmptyState, Icon, NgTemplateOutlet, ProblemNote, RouterLink, Skeleton],
  providers: [ActivityStore],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './activity-feed.html',
})
export class ActivityFeed {
  protected readonly store = inject(ActivityStore);
  protected readonly narrator = inject(Narrator);
  protected readonly base = `/workspaces/${inject(CurrentWorkspace).required()}/`;
  protected readonly rooms = rooms.map(({ id, title }) => ({ id, title: title() }));
  protected readonly radio = lucideRadio;
  /** The bursts that are shown one by one. */
  protected readonly opened = signal<ReadonlySet<string>>(new Set());

  protected turn(id: string): void {
    this.opened.update((opened) =>
      opened.has(id) ? new Set([...opened].filter((one) => one !== id)) : new Set([...opened, id]),
    );
  }
}
