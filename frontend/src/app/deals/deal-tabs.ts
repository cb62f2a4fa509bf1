import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { CurrentWorkspace } from '../session';
import { Tabs } from '../ui';

/** The parts of the room: the list, and what it looks like from above. */
@Component({
  selector: 'sb-deal-tabs',
  imports: [Tabs],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<sb-tabs [tabs]="tabs" />`,
})
export class DealTabs {
  private readonly room = `/workspaces/${inject(CurrentWorkspace).required()}/deals`;
  protected readonly tabs = [
    { link: this.room, title: $localize`List`, exact: true },
    { link: `${this.room}/overview`, title: $localize`Overview` },
  ];
}
