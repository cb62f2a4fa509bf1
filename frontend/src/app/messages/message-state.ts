import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import type { Item, messagesList } from '../api';

export type Message = Item<typeof messagesList>;

/** What became of a message, in a word or two. */
@Component({
  selector: 'sb-message-state',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @switch (message().state) {
      @case ('received') {
        <span class="badge" i18n>being read</span>
      }
      @case ('parsed') {
        <span class="badge badge-ok" i18n>{message().dealCount, plural,
          =1 {1 deal}
          other {{{ message().dealCount }} deals}
        }</span>
      }
      @case ('no_deal') {
        <span class="badge" i18n>no deal</span>
      }
      @case ('failed') {
        <span class="badge badge-bad" i18n>failed</span>
      }
    }
  `,
})
export class MessageState {
  readonly message = input.required<Pick<Message, 'state' | 'dealCount'>>();
}
