import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { Page, type Tab, Tabs } from '../ui';

/** What goes out to other systems and comes in from them, in four lists. */
@Component({
  selector: 'sb-webhooks-frame',
  imports: [Page, RouterOutlet, Tabs],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-page
      heading="Webhooks"
      i18n-heading
      lead="Tell other systems what happens here, the moment it does, and hear from them."
      i18n-lead
    >
      <sb-tabs [tabs]="tabs" />
      <router-outlet />
    </sb-page>
  `,
})
export class WebhooksFrame {
  protected readonly tabs: readonly Tab[] = [
    { link: './', title: $localize`Endpoints`, exact: true },
    { link: 'deliveries', title: $localize`Deliveries` },
    { link: 'inboxes', title: $localize`Debugging inboxes` },
    { link: 'incoming', title: $localize`Incoming` },
  ];
}
