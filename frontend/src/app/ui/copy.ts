import { ChangeDetectionStrategy, Component, inject, input, signal } from '@angular/core';
import { lucideCheck, lucideCopy } from '@ng-icons/lucide';
import { Icon } from './icon';
import { Toasts } from './toasts';

/** A button that copies a text. */
@Component({
  selector: 'sb-copy',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <button type="button" class="btn btn-quiet btn-icon btn-small" (click)="copy()" [attr.aria-label]="label()">
      <sb-icon [svg]="done() ? icons.lucideCheck : icons.lucideCopy" [size]="16" />
    </button>
  `,
})
export class Copy {
  readonly text = input.required<string>();
  readonly label = input($localize`Copy`);
  private readonly toasts = inject(Toasts);
  protected readonly icons = { lucideCheck, lucideCopy };
  protected readonly done = signal(false);

  protected async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.text());
    } catch {
      // No secure context, or the browser was told not to.
      this.toasts.say({
        text: $localize`The browser does not let this page copy: mark the text and copy it.`,
        bad: true,
      });
      return;
    }
    this.done.set(true);
    setTimeout(() => this.done.set(false), 2000);
    this.toasts.say({ text: $localize`Copied` });
  }
}

/** A secret that is shown this once. */
@Component({
  selector: 'sb-secret',
  imports: [Copy],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    <div class="flex items-center gap-2 rounded-[10px] border border-line bg-raised py-1.5 pr-1.5 pl-3">
      <code class="min-w-0 flex-1 font-mono text-[0.8125rem] break-all select-all">{{ value() }}</code>
      <sb-copy [text]="value()" />
    </div>
    <p class="hint mt-1.5 mb-0">{{ note() }}</p>
  `,
})
export class Secret {
  readonly value = input.required<string>();
  readonly note = input($localize`Keep it somewhere safe now: it is not shown again.`);
}
