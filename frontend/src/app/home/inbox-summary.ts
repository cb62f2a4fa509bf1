import { ChangeDetectionStrategy, Component, effect, inject, untracked } from '@angular/core';
import { ownInboxList, Requests } from '../api';
import { Live } from '../live/live';
import { Paged } from '../ui';
import { Summary, type SummaryLine } from './summary';

/** The newest of the inbox, live. */
@Component({
  selector: 'sb-inbox-summary',
  imports: [Summary],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<sb-summary
    [list]="list"
    emptyTitle="All caught up"
    i18n-emptyTitle
    emptyText="What you asked to be told of arrives here."
    i18n-emptyText
  />`,
})
export class InboxSummary {
  private readonly requests = inject(Requests);
  private readonly live = inject(Live);
  protected readonly list = new Paged<SummaryLine>(async () => {
    const { items } = await this.requests.ask(ownInboxList, { limit: 6 });
    return {
      items: items.map(({ id, title, type, readAt, createdAt }) => ({
        id,
        link: ['/inbox', id],
        text: title ?? type,
        strong: readAt === null,
        at: createdAt,
      })),
      nextCursor: null,
    };
  });

  constructor() {
    effect(() => {
      this.live.inbox();
      untracked(() => void this.list.reload());
    });
  }
}
