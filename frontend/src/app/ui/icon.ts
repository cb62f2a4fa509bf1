import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { DomSanitizer } from '@angular/platform-browser';

/** A line drawing, as large as `size` says, in the colour of the text. Silent unless it is given a name. */
@Component({
  selector: 'sb-icon',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: {
    class: 'icon',
    '[innerHTML]': 'drawing()',
    '[style.width.px]': 'size()',
    '[style.height.px]': 'size()',
    '[attr.role]': "name() ? 'img' : null",
    '[attr.aria-label]': 'name()',
    '[attr.aria-hidden]': 'name() ? null : true',
  },
  template: '',
})
export class Icon {
  private readonly sanitizer = inject(DomSanitizer);
  /** One of `@ng-icons/lucide`; never text from elsewhere, for it is put in as it is. */
  readonly svg = input.required<string>();
  /** Of the square, in pixels. */
  readonly size = input(18);
  /** What it says to who cannot see it; nothing beside words that say it. */
  readonly name = input<string>();

  // The drawings carry a style of their own, which the content policy would refuse.
  protected readonly drawing = computed(() =>
    this.sanitizer.bypassSecurityTrustHtml(this.svg().replace(/ style="[^"]*"/g, '')),
  );
}
