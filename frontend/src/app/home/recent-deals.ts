import { ChangeDetectionStrategy, Component, inject, LOCALE_ID } from '@angular/core';
import { dealsList, Requests } from '../api';
import { routeOf } from '../deals/route-of';
import { Live } from '../live/live';
import { CurrentWorkspace } from '../session';
import { Paged } from '../ui';
import { money } from '../ui/money';
import { Summary, type SummaryLine } from './summary';

/** The newest deals, live. */
@Component({
  selector: 'sb-recent-deals',
  imports: [Summary],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<sb-summary
    [list]="list"
    emptyTitle="No deals yet"
    i18n-emptyTitle
    emptyText="Forward a newsletter to a source of this workspace."
    i18n-emptyText
  />`,
})
export class RecentDeals {
  private readonly requests = inject(Requests);
  private readonly locale = inject(LOCALE_ID);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  protected readonly list = new Paged<SummaryLine>(async () => {
    const { items } = await this.requests.ask(dealsList, { workspaceId: this.workspaceId, limit: 6 });
    return {
      items: items.map(({ id, origins, destinations, priceMinor, currency }) => ({
        id,
        link: ['/workspaces', this.workspaceId, 'deals', id],
        text: `${routeOf(origins)} → ${routeOf(destinations)}`,
        end: money(priceMinor, currency, this.locale),
      })),
      nextCursor: null,
    };
  });

  constructor() {
    void this.list.reload();
    const again = () => void this.list.reload();
    inject(Live).watch({ workspaceId: this.workspaceId, filter: 'type:deal.found' }, { event: again, reset: again });
  }
}
