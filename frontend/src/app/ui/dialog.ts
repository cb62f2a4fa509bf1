import { ChangeDetectionStrategy, Component, effect, ElementRef, input, output, viewChild } from '@angular/core';
import { lucideX } from '@ng-icons/lucide';
import { Icon } from './icon';

let last = 0;

/**
 * A window over the page: a native dialog, so that focus stays inside and goes back to where it was. From the bottom on a phone.
 * Content goes inside; buttons with the attribute `action` into its foot. A form around the buttons' work belongs into the content:
 * give the button `form` with the id of the form.
 */
@Component({
  selector: 'sb-dialog',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <dialog
      #box
      class="dialog"
      [class.dialog-wide]="wide()"
      [attr.aria-labelledby]="id"
      (close)="closed.emit()"
      (pointerdown)="pressed = $event.target"
      (click)="beside($event)"
    >
      <header class="flex items-start gap-3 px-5 pt-4 pb-2">
        <h2 class="m-0 min-w-0 flex-1 text-base/7 font-semibold" [id]="id">{{ heading() }}</h2>
        <button
          type="button"
          class="btn btn-quiet btn-icon btn-small"
          (click)="box.close()"
          aria-label="Close"
          i18n-aria-label
        >
          <sb-icon [svg]="x" [size]="16" />
        </button>
      </header>
      <div class="min-h-0 flex-1 overflow-y-auto px-5 py-2"><ng-content /></div>
      <footer class="flex flex-wrap justify-end gap-2 px-5 pt-3 pb-4"><ng-content select="[action]" /></footer>
    </dialog>
  `,
})
export class Dialog {
  readonly heading = input.required<string>();
  /** Whether it is shown. Whoever binds it sets it to false when told that it closed. */
  readonly open = input.required<boolean>();
  readonly wide = input(false);
  /** A click beside it does not close it: it shows what is shown only once. */
  readonly lasting = input(false);
  /** It was closed: by the cross, Escape, a click beside it, or by `open`. */
  readonly closed = output();

  private readonly box = viewChild.required<ElementRef<HTMLDialogElement>>('box');
  protected readonly id = `dialog-${++last}`;
  protected readonly x = lucideX;

  constructor() {
    effect(() => {
      const { nativeElement: box } = this.box();
      if (this.open() && !box.open) box.showModal();
      if (!this.open() && box.open) box.close();
    });
  }

  /** Where the pointer went down: marking a text may end beside the window, and closes nothing. */
  protected pressed: EventTarget | null = null;

  /** A click beside the window is one on the dialog itself. */
  protected beside(event: Event): void {
    const { nativeElement: box } = this.box();
    if (event.target === box && this.pressed === box && !this.lasting()) box.close();
  }
}
