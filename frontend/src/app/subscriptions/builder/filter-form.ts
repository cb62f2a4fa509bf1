import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  Injector,
  afterNextRender,
  ElementRef,
  input,
  output,
  signal,
  untracked,
} from '@angular/core';
import { lucideX } from '@ng-icons/lucide';
import { type Condition, FilterError, type Field, fromForm, toForm } from '#contract/filter/index.js';
import { Icon } from '../../ui';
import { catalogueOf } from './catalogues';
import { comparisonsOf, exampleOf, lineFor } from './comparisons';

type View =
  | { readonly kind: 'form' }
  /** More than lines can say. */
  | { readonly kind: 'text' }
  | { readonly kind: 'wrong'; readonly message: string };

/** A filter as lines of a form. Follows the text, and writes it. */
@Component({
  selector: 'sb-filter-form',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  templateUrl: './filter-form.html',
})
export class FilterForm {
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);
  private readonly injector = inject(Injector);
  /** In the filter language. */
  readonly filter = input.required<string>();
  /** What the filter is about, such as `deal`. */
  readonly target = input.required<string>();
  /** The text that the form makes now. */
  readonly written = output<string>();
  protected readonly x = lucideX;
  protected readonly how = $localize`how it is compared`;
  protected readonly away = $localize`Remove the condition`;
  protected readonly first = $localize`Choose what to look at…`;
  protected readonly another = $localize`And…`;

  protected readonly view = signal<View>({ kind: 'form' });
  protected readonly lines = signal<readonly Condition[]>([]);
  private mine?: string;
  protected readonly catalogue = computed(() => catalogueOf(this.target()));
  protected readonly rows = computed(() =>
    this.lines().map((line) => {
      const field = this.catalogue().find(line.field);
      return {
        line,
        field,
        title: field?.title ?? (line.field === '' ? $localize`Words` : line.field),
        comparisons: comparisonsOf(line.field === '' ? undefined : field, line),
        choices: choicesOf(field, line),
        example: field ? exampleOf(field.type) : '',
      };
    }),
  );

  protected readonly message = computed(() => {
    const view = this.view();
    return view.kind === 'wrong' ? view.message : '';
  });

  constructor() {
    effect(() => {
      const text = this.filter();
      untracked(() => this.follow(text));
    });
  }

  protected isNow = (line: Condition) => (one: Pick<Condition, 'operator' | 'not'>) =>
    one.operator === line.operator && one.not === line.not;

  protected add(name: string): void {
    const field = name === '' ? undefined : this.catalogue().find(name);
    this.lines.update((all) => [...all, lineFor(field)]);
    this.write();
    afterNextRender(() => this.last()?.focus(), { injector: this.injector });
  }

  protected change(at: number, change: Partial<Condition>): void {
    this.lines.update((all) => all.map((one, index) => (index === at ? { ...one, ...change } : one)));
    this.write();
  }

  protected compare(at: number, chosen: number): void {
    const comparison = this.rows()[at]?.comparisons[chosen];
    if (comparison) this.change(at, { operator: comparison.operator, not: comparison.not });
  }

  protected remove(at: number): void {
    this.lines.update((all) => all.toSpliced(at, 1));
    this.write();
    afterNextRender(() => (this.last() ?? this.host.nativeElement.querySelector('select'))?.focus(), {
      injector: this.injector,
    });
  }

  private write(): void {
    this.mine = fromForm(this.lines());
    this.written.emit(this.mine);
  }

  /** Lines that have no value yet stay while their own text comes back. */
  private follow(text: string): void {
    if (text === this.mine) return;
    this.mine = undefined;
    try {
      const lines = toForm(text);
      this.view.set({ kind: lines ? 'form' : 'text' });
      if (lines) this.lines.set(lines);
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
      this.view.set({ kind: 'wrong', message: error.message });
    }
  }

  private last(): HTMLElement | undefined {
    return [...this.host.nativeElement.querySelectorAll<HTMLElement>('[data-value]')].at(-1);
  }
}

/** The values that a field has, where it has a fixed few and one of them is chosen. */
function choicesOf(field: Field | undefined, { value }: Condition): { value: string; title: string }[] | undefined {
  if (field?.type === 'boolean')
    return [
      { value: 'true', title: $localize`yes` },
      { value: 'false', title: $localize`no` },
    ];
  if (field?.type !== 'keyword' || !('closed' in field) || !field.closed) return undefined;
  const all = (field.values ?? []).map((one) => ({ value: one.value, title: one.title ?? one.value }));
  return value === '' || all.some((one) => one.value === value) ? all : undefined;
}
