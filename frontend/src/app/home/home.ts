import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { lucideRadio } from '@ng-icons/lucide';
import type { ToldEvent } from '#contract/realtime/index.js';
import { Live } from '../live/live';
import { CurrentWorkspace } from '../session';
import { Ago, EmptyState, Page } from '../ui';
import { InboxSummary } from './inbox-summary';
import { RecentDeals } from './recent-deals';

const SHOWN = 30;

/** What needs the person, what was found, and what happens at this moment. */
@Component({
  selector: 'sb-home',
  imports: [Ago, EmptyState, InboxSummary, Page, RecentDeals, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './home.html',
})
export class HomePage {
  private readonly current = inject(CurrentWorkspace);
  protected readonly workspace = this.current.workspace;
  protected readonly icons = { lucideRadio };
  /** What came while this page was open, newest first. */
  protected readonly events = signal<readonly ToldEvent[]>([]);

  constructor() {
    inject(Live).watch(
      { workspaceId: this.current.required() },
      { event: (event) => this.events.update((all) => [event, ...all].slice(0, SHOWN)) },
    );
  }
}
