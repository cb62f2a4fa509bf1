import { ChangeDetectionStrategy, Component, computed, inject, input, model, signal } from '@angular/core';
import { Skeleton } from '../../ui';
import { EventCatalogue, type EventGroup } from './event-catalogue';

/** Which types of events: all of them, or those that are ticked in a tree. */
@Component({
  selector: 'sb-event-picker',
  imports: [Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './event-picker.html',
})
export class EventPicker {
  private readonly catalogue = inject(EventCatalogue);
  /** Null for all, also those of later versions. */
  readonly types = model.required<readonly string[] | null>();
  /** What the server says against them. */
  readonly wrong = input<string>();
  protected readonly loading = computed(() => this.catalogue.found.isLoading());
  protected readonly sought = signal('');
  protected readonly chosen = computed(() => new Set(this.types()));
  protected readonly groups = computed<readonly EventGroup[]>(() => {
    const words = this.sought().toLowerCase().split(/\s+/).filter(Boolean);
    return this.catalogue
      .groups()
      .map(({ name, types }) => ({
        name,
        types: types.filter(({ type, about }) =>
          words.every((word) => `${type} ${about}`.toLowerCase().includes(word)),
        ),
      }))
      .filter(({ types }) => types.length > 0);
  });

  protected all(all: boolean): void {
    this.types.set(all ? null : []);
  }

  protected tick(type: string, on: boolean): void {
    this.types.update((types) => [...(types ?? []).filter((one) => one !== type), ...(on ? [type] : [])]);
  }

  protected tickGroup({ types }: EventGroup, on: boolean): void {
    const all = types.map(({ type }) => type);
    this.types.update((before) => [...(before ?? []).filter((one) => !all.includes(one)), ...(on ? all : [])]);
  }

  protected ticked({ types }: EventGroup): number {
    return types.filter(({ type }) => this.chosen().has(type)).length;
  }
}
