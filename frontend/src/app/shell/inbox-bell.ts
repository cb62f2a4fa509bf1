import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink } from '@angular/router';
import { NgIcon } from '@ng-icons/core';
import { lucideBell } from '@ng-icons/lucide';

/** The way to the inbox, with how much in it is unread. */
@Component({
  selector: 'sb-inbox-bell',
  imports: [NgIcon, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <a class="btn btn-quiet btn-icon" routerLink="/inbox" aria-label="Inbox" i18n-aria-label
      ><ng-icon [svg]="bell" size="18"
    /></a>
  `,
})
export class InboxBell {
  protected readonly bell = lucideBell;
}
