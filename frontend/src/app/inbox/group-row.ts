import { ChangeDetectionStrategy, Component, inject, input, output } from '@angular/core';
import { lucideArchive } from '@ng-icons/lucide';
import { Ago, Icon } from '../ui';
import { type Group, InboxStore } from './inbox.store';

/** All that is about one thing, with the newest of it. */
@Component({
  selector: 'sb-group-row',
  imports: [Ago, Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'flex items-center pr-2 hover:bg-raised' },
  template: `
    <button
      data-row
      type="button"
      class="grid min-w-0 flex-1 cursor-pointer grid-cols-[8px_1fr_auto] items-baseline gap-x-3 px-4 py-3 text-left"
      (click)="opened.emit()"
    >
      <span class="size-2 self-center rounded-full" [class.bg-brand]="group().unread"></span>
      <span class="truncate" [class.font-semibold]="group().unread">{{
        group().newest.title ?? group().newest.type
      }}</span>
      <sb-ago class="text-xs text-muted" [at]="group().newestAt" />
      <span class="col-start-2 truncate text-xs text-muted"
        >{{ store.workspaceOf(group()) }} ·
        <ng-container i18n
          >{group().count, plural, =1 {1 notification} other {{{ group().count }} notifications}},
          {{ group().unread }} unread</ng-container
        ></span
      >
    </button>
    @if (!group().newest.archivedAt) {
      <button
        type="button"
        class="btn btn-quiet btn-small btn-icon"
        title="Archive all of it"
        i18n-title
        aria-label="Archive all of it"
        i18n-aria-label
        (click)="store.archiveGroup(group())"
      >
        <sb-icon [svg]="icon" [size]="16" />
      </button>
    }
  `,
})
export class GroupRow {
  protected readonly store = inject(InboxStore);
  readonly group = input.required<Group>();
  readonly opened = output();
  protected readonly icon = lucideArchive;
}
