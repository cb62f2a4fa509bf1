import { ChangeDetectionStrategy, Component, input, model } from '@angular/core';
import { lucidePlus, lucideX } from '@ng-icons/lucide';
import { Icon } from '../../ui';

/** A header that requests carry besides ours. */
export interface HeaderRow {
  readonly name: string;
  readonly value: string;
}

/** @returns the rows with a name, as the API takes them */
export function headersOf(rows: readonly HeaderRow[]): Record<string, string> {
  return Object.fromEntries(rows.filter(({ name }) => name.trim()).map(({ name, value }) => [name.trim(), value]));
}

/** Headers to send, name by name. Values are written only: nobody reads them afterwards. */
@Component({
  selector: 'sb-header-rows',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'grid gap-2' },
  template: `
    @for (row of rows(); track $index) {
      <div class="flex gap-2">
        <input
          #name
          class="input min-w-0 flex-2 font-mono text-[0.8125rem]"
          autocomplete="off"
          spellcheck="false"
          placeholder="Authorization"
          aria-label="Name of the header"
          i18n-aria-label
          [value]="row.name"
          (input)="write($index, { name: name.value, value: row.value })"
        />
        <input
          #value
          class="input min-w-0 flex-3 font-mono text-[0.8125rem]"
          type="password"
          autocomplete="new-password"
          aria-label="Its value"
          i18n-aria-label
          [value]="row.value"
          (input)="write($index, { name: row.name, value: value.value })"
        />
        <button
          type="button"
          class="btn btn-quiet btn-icon"
          aria-label="Leave this header out"
          i18n-aria-label
          (click)="take($index)"
        >
          <sb-icon [svg]="icons.lucideX" [size]="16" />
        </button>
      </div>
    }
    @if (wrong(); as message) {
      <p class="error m-0" role="alert">{{ message }}</p>
    }
    <div>
      <button type="button" class="btn btn-small" (click)="add()">
        <sb-icon [svg]="icons.lucidePlus" [size]="16" /><span i18n>Add a header</span>
      </button>
    </div>
  `,
})
export class HeaderRows {
  readonly rows = model.required<readonly HeaderRow[]>();
  /** What the server says against them. */
  readonly wrong = input<string>();
  protected readonly icons = { lucidePlus, lucideX };

  protected write(at: number, row: HeaderRow): void {
    this.rows.update((rows) => rows.with(at, row));
  }

  protected add(): void {
    this.rows.update((rows) => [...rows, { name: '', value: '' }]);
  }

  protected take(at: number): void {
    this.rows.update((rows) => rows.toSpliced(at, 1));
  }
}
