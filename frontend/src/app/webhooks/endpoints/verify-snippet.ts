import { ChangeDetectionStrategy, Component, computed, input, signal } from '@angular/core';
import { Code } from '../../ui';
import { type SecretKind, snippets } from './snippets';

/** How a receiver checks that a request comes from here. */
@Component({
  selector: 'sb-verify-snippet',
  imports: [Code],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'grid gap-3' },
  template: `
    <p class="hint m-0" i18n>
      The signature covers id, time and body as it was sent. Check it before anything else, and remember the ids: a
      delivery may come twice.
    </p>
    <div class="flex gap-1" role="group" aria-label="Language" i18n-aria-label>
      @for (one of all(); track one.name) {
        <button
          type="button"
          class="btn btn-quiet btn-small"
          [class.btn-chosen]="one === chosen()"
          [attr.aria-pressed]="one === chosen()"
          (click)="name.set(one.name)"
        >
          {{ one.name }}
        </button>
      }
    </div>
    @if (chosen(); as one) {
      <sb-code [text]="one.code" [label]="one.name" />
    }
  `,
})
export class VerifySnippet {
  readonly kind = input.required<SecretKind>();
  readonly url = input('https://hooks.example.com/signalbox');
  protected readonly name = signal('Node');
  protected readonly all = computed(() => snippets(this.kind(), this.url()));
  protected readonly chosen = computed(() => this.all().find(({ name }) => name === this.name()) ?? this.all()[0]);
}
