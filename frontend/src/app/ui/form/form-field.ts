import { ChangeDetectionStrategy, Component, computed, contentChild, effect, ElementRef, input } from '@angular/core';
import { FormField as FieldOf, type FieldTree } from '@angular/forms/signals';

let last = 0;

/** A label, a control, and beside it what is wrong with it: found here, or said by the server. */
@Component({
  selector: 'sb-form-field',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'field' },
  template: `
    <label [attr.for]="id">
      {{ label() }}
      @if (optional()) {
        <span class="hint font-normal" i18n>(optional)</span>
      }
    </label>
    <ng-content />
    @if (wrong(); as message) {
      <p class="error m-0" role="alert" [id]="id + '-error'">{{ message }}</p>
    } @else if (hint()) {
      <p class="hint m-0" [id]="id + '-hint'">{{ hint() }}</p>
    }
  `,
})
export class FormField {
  readonly label = input.required<string>();
  readonly hint = input('');
  readonly optional = input(false);
  /** The field of the form that the control inside is bound to. */
  readonly field = input.required<FieldTree<unknown>>();

  private readonly control = contentChild(FieldOf, { read: ElementRef<HTMLElement> });
  protected readonly id = `field-${++last}`;
  protected readonly wrong = computed(() => {
    const state = this.field()();
    if (!state.touched()) return undefined;
    const error = state.errors()[0];
    return error && (error.message ?? $localize`This cannot be taken.`);
  });

  constructor() {
    effect(() => {
      const element = this.control()?.nativeElement as HTMLElement | undefined;
      if (!element) return;
      element.id = this.id;
      const wrong = this.wrong() !== undefined;
      element.setAttribute('aria-invalid', String(wrong));
      const note = wrong ? `${this.id}-error` : this.hint() && `${this.id}-hint`;
      if (note) element.setAttribute('aria-describedby', note);
      else element.removeAttribute('aria-describedby');
    });
  }
}
