import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

/** Grey lines in the size of what is on its way, so that nothing jumps when it comes. */
@Component({
  selector: 'sb-skeleton',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block', role: 'status' },
  styles: `
    .bar {
      animation: breathe 1.4s ease-in-out infinite;
    }
    @keyframes breathe {
      50% {
        opacity: 0.45;
      }
    }
  `,
  template: `
    <span class="sr-only" i18n>Loading</span>
    <div aria-hidden="true" class="rows">
      @for (row of lines(); track row) {
        <div class="flex items-center gap-4 px-5" [style.height.px]="height()">
          <div class="bar h-3 rounded bg-raised" [style.width.%]="30 + ((row * 17) % 30)"></div>
          <div class="bar ml-auto h-3 rounded bg-raised" [style.width.%]="10 + ((row * 7) % 9)"></div>
        </div>
      }
    </div>
  `,
})
export class Skeleton {
  readonly rows = input(6);
  /** Of one row, in pixels. */
  readonly height = input(56);
  protected readonly lines = computed(() => Array.from({ length: this.rows() }, (_, row) => row));
}
