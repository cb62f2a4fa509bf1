import {
  ChangeDetectionStrategy,
  Component,
  computed,
  ElementRef,
  inject,
  input,
  output,
  signal,
  viewChild,
  linkedSignal,
} from '@angular/core';
import { lucideHistory, lucideSearch } from '@ng-icons/lucide';
import type { Problem } from '../../api';
import { Icon } from '../icon';
import { type Choice, FilterCompleter } from './filter-completer';
import type { FilteredList, KnownValues } from '../../filters/filter-words';
import { keepFilter } from './recent-filters';

let last = 0;

/**
 * The filter of a list, in the filter language. With a `target` it is a combobox (ARIA 1.2) that offers what may stand at the cursor. What cannot
 * be read is underlined and told beside it, and the list stays.
 */
@Component({
  selector: 'sb-filter-bar',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  providers: [FilterCompleter],
  host: { class: 'mb-4 block' },
  templateUrl: './filter-bar.html',
})
export class FilterBar {
  private readonly completer = inject(FilterCompleter);
  private readonly box = viewChild.required<ElementRef<HTMLInputElement>>('box');
  /** What the list shows now; it stands in the address. */
  readonly filter = input.required<string>();
  /** What the list holds; without it nothing is offered. */
  readonly target = input<FilteredList>();
  /** What the page knows of fields that hold ids: `{source: [{value: id, title: name}]}`. */
  readonly known = input<KnownValues>({});
  /** A filter that shows what can be asked here. */
  readonly example = input('');
  /** Why the filter cannot be read; undefined when it can. */
  readonly wrong = input<Problem>();
  /** The filter to show from now on; empty for all. */
  readonly narrow = output<string>();

  protected readonly icons = { lucideHistory, lucideSearch };
  protected readonly id = `filter-${++last}`;
  protected readonly text = linkedSignal(() => this.filter());
  protected readonly open = signal(false);
  protected readonly at = signal(-1);
  protected readonly scrolled = signal(0);
  protected readonly choices = computed(() => this.completer.found().choices);
  protected readonly shown = computed(() => this.open() && this.choices().length > 0);

  /** The stretch that cannot be read, while it still stands as it was sent. */
  protected readonly fault = computed(() => {
    const position = this.wrong()?.more['position'] as { start: number; end: number } | undefined;
    if (!position || this.text() !== this.filter()) return undefined;
    const { start, end } = position;
    const text = this.text();
    // At the end of the text something is missing: one place behind it is marked.
    return { before: text.slice(0, start), wrong: text.slice(start, Math.max(end, start + 1)) || ' ' };
  });
  protected readonly mended = computed(() => {
    const { position, suggestion } = (this.wrong()?.more ?? {}) as {
      position?: { start: number; end: number };
      suggestion?: string;
    };
    if (!position || suggestion === undefined || this.text() !== this.filter()) return undefined;
    return this.text().slice(0, position.start) + suggestion + this.text().slice(position.end);
  });

  protected type(): void {
    const { value } = this.box().nativeElement;
    const cleared = value === '' && this.text() !== '';
    this.text.set(value);
    if (cleared && this.filter() !== '') this.narrow.emit('');
    void this.offer();
  }

  /** Shows what may stand at the cursor. */
  protected async offer(): Promise<void> {
    const list = this.target();
    if (!list) return;
    const { value, selectionStart } = this.box().nativeElement;
    this.open.set(true);
    this.at.set(-1);
    await this.completer.ask(list, this.known(), value, selectionStart ?? value.length);
  }

  protected close(): void {
    this.open.set(false);
    this.completer.stop();
  }

  protected press(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      if (this.shown()) this.move(step);
      else void this.offer();
      return;
    }
    const chosen = this.shown() ? this.choices()[this.at()] : undefined;
    if (event.key === 'Enter' && chosen) {
      event.preventDefault();
      this.choose(chosen);
    } else if (event.key === 'Escape' && this.shown()) {
      event.preventDefault();
      this.close();
    } else if (/^(?:ArrowLeft|ArrowRight|Home|End)$/.test(event.key) && this.open()) {
      setTimeout(() => void this.offer());
    }
  }

  protected choose({ kind, insert }: Choice): void {
    if (kind === 'recent') return this.send(insert);
    const { from, to } = this.completer.found();
    const { nativeElement: box } = this.box();
    const before = box.value.slice(0, from) + insert;
    const after = box.value.slice(to);
    const blank = kind === 'value' && after === '' ? ' ' : '';
    box.value = before + blank + after;
    this.text.set(box.value);
    box.focus();
    box.setSelectionRange(before.length + blank.length, before.length + blank.length);
    void this.offer();
  }

  protected send(text: string): void {
    const filter = text.trim();
    this.close();
    this.text.set(filter);
    const list = this.target();
    if (list && filter) keepFilter(list, filter);
    this.narrow.emit(filter);
  }

  private move(step: number): void {
    const { length } = this.choices();
    // One place before the first is the field itself.
    this.at.update((at) => ((at + 1 + step + length + 1) % (length + 1)) - 1);
    queueMicrotask(() => document.getElementById(`${this.id}-${this.at()}`)?.scrollIntoView({ block: 'nearest' }));
  }
}
