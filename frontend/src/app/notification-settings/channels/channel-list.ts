import { ChangeDetectionStrategy, Component, effect, inject, signal, untracked } from '@angular/core';
import { lucideMessageSquare, lucidePlus } from '@ng-icons/lucide';
import { Session } from '../../session';
import { EmptyState, Icon, ProblemNote, Skeleton } from '../../ui';
import { ChannelDialog } from './channel-dialog';
import { ChannelRow } from './channel-row';
import { type Channel, ChannelsStore } from './channels.store';

/** Chats and webhooks that notifications are posted to: the person's own, and those of a workspace. */
@Component({
  selector: 'sb-channel-list',
  imports: [ChannelDialog, ChannelRow, EmptyState, Icon, ProblemNote, Skeleton],
  providers: [ChannelsStore],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    <div class="grid gap-4">
      @for (part of parts; track part.id) {
        <section class="panel overflow-hidden" [attr.aria-labelledby]="part.id">
          <header class="flex flex-wrap items-center gap-3 px-5 pt-4 pb-3">
            <div class="min-w-0 flex-1">
              <h2 class="m-0 text-sm font-semibold" [id]="part.id">{{ part.title }}</h2>
              <p class="hint m-0">{{ part.lead }}</p>
            </div>
            @if (part.shared) {
              <select
                #where
                class="input !w-auto"
                aria-label="Workspace"
                i18n-aria-label
                (change)="store.workspaceId.set(where.value)"
              >
                @for (one of session.workspaces(); track one.id) {
                  <option [value]="one.id" [selected]="one.id === store.workspaceId()">{{ one.name }}</option>
                }
              </select>
            } @else {
              <button type="button" class="btn btn-primary" (click)="open.set({})">
                <sb-icon [svg]="icons.lucidePlus" [size]="16" /><span i18n>Add a channel</span>
              </button>
            }
          </header>
          @if (part.list.problem(); as problem) {
            <sb-problem-note [problem]="problem" (retry)="part.list.reload()" />
          } @else if (part.list.first()) {
            <sb-skeleton [rows]="2" [height]="60" />
          } @else if (part.list.empty()) {
            <sb-empty-state [icon]="icons.lucideMessageSquare" [title]="part.nothing">{{ part.teach }}</sb-empty-state>
          } @else {
            <ul class="rows m-0 list-none border-t border-line p-0">
              @for (one of part.list.items(); track one.id) {
                <li>
                  <sb-channel-row
                    [one]="one"
                    [changeable]="!one.shared || store.mayShare()"
                    (edited)="open.set({ one })"
                  />
                </li>
              }
            </ul>
            @if (part.list.hasMore()) {
              <div class="border-t border-line p-3 text-center">
                <button
                  type="button"
                  class="btn btn-small"
                  [disabled]="part.list.loading()"
                  (click)="part.list.more()"
                  i18n
                >
                  Show more
                </button>
              </div>
            }
          }
        </section>
      }
    </div>
    @if (open(); as what) {
      <sb-channel-dialog [one]="what.one" (closed)="open.set(undefined)" />
    }
  `,
})
export class ChannelList {
  protected readonly store = inject(ChannelsStore);
  protected readonly session = inject(Session);
  protected readonly icons = { lucideMessageSquare, lucidePlus };
  /** The dialog, with the channel that it changes. */
  protected readonly open = signal<{ one?: Channel } | undefined>(undefined);
  protected readonly parts = [
    {
      id: 'own',
      title: $localize`Yours`,
      lead: $localize`Only your subscriptions can be sent there.`,
      nothing: $localize`No channel of your own`,
      teach: $localize`Add one for Slack, Discord or a service of yours, and choose it in the table or in a subscription.`,
      shared: false,
      list: this.store.own,
    },
    {
      id: 'shared',
      title: $localize`Shared by a workspace`,
      lead: $localize`Every member may send their subscriptions there.`,
      nothing: $localize`Nothing is shared here`,
      teach: $localize`Owners and admins share a channel by adding one and ticking “Share it with the workspace”.`,
      shared: true,
      list: this.store.shared,
    },
  ];

  constructor() {
    void this.store.own.reload();
    effect(() => {
      if (this.store.workspaceId()) untracked(() => void this.store.shared.reload({ keep: false }));
    });
  }
}
