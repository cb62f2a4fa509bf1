import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

interface Row {
  readonly key: string;
  readonly value: string;
}

/** The parts of a notification that are read; buttons and codes are of its mail alone. */
type Block =
  | { readonly type: 'text'; readonly text: string; readonly tone?: string }
  | { readonly type: 'keyvalues'; readonly rows: readonly Row[] }
  | { readonly type: 'list'; readonly items: readonly { readonly text: string; readonly url?: string }[] }
  | {
      readonly type: 'card';
      readonly title: string;
      readonly highlight?: string;
      readonly note?: string;
      readonly rows?: readonly Row[];
      readonly badges?: readonly string[];
      readonly link?: { readonly label: string; readonly url: string };
    };

const READ = new Set(['text', 'keyvalues', 'list', 'card']);

/** What a notification says, block by block, as its mail does. */
@Component({
  selector: 'sb-notification-blocks',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'grid gap-4' },
  templateUrl: './notification-blocks.html',
})
export class NotificationBlocks {
  readonly blocks = input.required<readonly { readonly type: string }[]>();
  protected readonly read = computed(() => this.blocks().filter(isRead));
}

function isRead(block: { readonly type: string }): block is Block {
  return READ.has(block.type);
}
