import { ChangeDetectionStrategy, Component, computed, inject, resource, signal } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { ownSuppressionLift, ownSuppressionShow, problemOf, Requests } from '../api';
import { Clock, Page, type Tab, Tabs, Toasts } from '../ui';

/** Where a person is told of what, in parts. Above them stands when no mail reaches their address. */
@Component({
  selector: 'sb-notification-settings',
  imports: [Page, RouterOutlet, Tabs],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    <sb-page
      heading="Notifications"
      i18n-heading
      lead="Everything arrives in the inbox. Here you choose what else reaches you, and where."
      i18n-lead
    >
      @if (held(); as why) {
        <div class="mb-4 flex flex-wrap items-center gap-3 rounded-[14px] bg-warn-soft px-5 py-3" role="alert">
          <p class="m-0 min-w-60 flex-1 text-warn">
            <ng-container i18n>No notification goes to {{ address() }} since {{ clock.day(why.since) }}:</ng-container>
            {{ reasons[why.reason] }}
            @if (why.detail) {
              <span class="block text-xs">{{ why.detail }}</span>
            }
          </p>
          @if (why.liftedBy === 'you') {
            <button type="button" class="btn" [disabled]="busy()" (click)="lift()" i18n>Let mail go there again</button>
          }
        </div>
      }
      <sb-tabs [tabs]="tabs" />
      <router-outlet />
    </sb-page>
  `,
})
export class NotificationSettings {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  protected readonly clock = inject(Clock);
  protected readonly tabs: readonly Tab[] = [
    { link: '/settings/notifications', title: $localize`What and where`, exact: true },
    { link: '/settings/notifications/channels', title: $localize`Channels` },
    { link: '/settings/notifications/browsers', title: $localize`Browsers` },
    { link: '/settings/notifications/sent', title: $localize`Sent` },
    { link: '/settings/notifications/mails', title: $localize`Mails` },
  ];
  protected readonly reasons = {
    bounce: $localize`mails came back.`,
    complaint: $localize`one was reported as unwanted.`,
    operator: $localize`an operator stopped it; ask them.`,
  };
  protected readonly busy = signal(false);
  private readonly found = resource({ loader: () => this.requests.ask(ownSuppressionShow, {}) });
  protected readonly held = computed(() => (this.found.hasValue() ? this.found.value().suppressed : null));
  protected readonly address = computed(() => (this.found.hasValue() ? this.found.value().address : ''));

  protected async lift(): Promise<void> {
    this.busy.set(true);
    try {
      await this.requests.ask(ownSuppressionLift, {});
      this.found.reload();
      this.toasts.say({ text: $localize`Mail goes there again` });
    } catch (error) {
      this.toasts.problem(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }
}
