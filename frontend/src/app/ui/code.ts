import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { Copy } from './copy';

/** A text as it is, in a fixed width: a body, headers, a command. */
@Component({
  selector: 'sb-code',
  imports: [Copy],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'relative block' },
  template: `
    <pre
      class="m-0 max-h-96 overflow-auto rounded-[10px] border border-line bg-raised p-3 pr-12 font-mono text-[0.8125rem]/5 whitespace-pre-wrap wrap-anywhere"
      tabindex="0"
      role="region"
      [attr.aria-label]="label()"
      >{{ text() }}</pre>
    <sb-copy class="absolute top-1.5 right-1.5" [text]="text()" />
  `,
})
export class Code {
  readonly text = input.required<string>();
  /** What it is, for who cannot see it. */
  readonly label = input.required<string>();
}
