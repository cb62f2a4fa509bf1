import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { ActivityFeed } from '../activity/activity-feed';
import { CurrentWorkspace } from '../session';
import { Page } from '../ui';
import { GettingStarted } from './getting-started';
import { InboxSummary } from './inbox-summary';
import { RecentDeals } from './recent-deals';

/** What needs the person, what was found, and what happens. */
@Component({
  selector: 'sb-home',
  imports: [ActivityFeed, GettingStarted, InboxSummary, Page, RecentDeals, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './home.html',
})
export class HomePage {
  protected readonly workspace = inject(CurrentWorkspace).workspace;
}
