import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { RoleCatalogue } from '../members/role-catalogue';
import { CurrentWorkspace } from '../session';
import { Page, type Tab, Tabs } from '../ui';

/** How programs come in: with people's keys, or as service accounts. */
@Component({
  selector: 'sb-keys',
  imports: [Page, RouterOutlet, Tabs],
  providers: [RoleCatalogue],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-page
      heading="API keys"
      i18n-heading
      lead="How programs come in: with a key of yours, or as a service account that outlives whoever made it."
      i18n-lead
    >
      <sb-tabs [tabs]="tabs" />
      <router-outlet />
    </sb-page>
  `,
})
export class KeysPage {
  private readonly current = inject(CurrentWorkspace);
  private readonly base = `/workspaces/${this.current.required()}/keys`;
  protected readonly tabs: readonly Tab[] = [
    { link: this.base, title: $localize`Keys`, exact: true },
    ...(this.current.may('service_accounts:read')
      ? [{ link: `${this.base}/service-accounts`, title: $localize`Service accounts` }]
      : []),
  ];
}
