import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { qrMatrix } from './qr-matrix';

/** Light modules around it, without which readers do not find it. */
const QUIET = 4;

/** A text as a QR code, dark on light in every look: readers want it so. */
@Component({
  selector: 'sb-qr-code',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    <svg
      class="block size-48 rounded-[10px] border border-line"
      role="img"
      shape-rendering="crispEdges"
      [attr.aria-label]="label()"
      [attr.viewBox]="box()"
    >
      <rect width="100%" height="100%" fill="#fff" />
      <path fill="#000" [attr.d]="path()" />
    </svg>
  `,
})
export class QrCode {
  readonly text = input.required<string>();
  /** What it is, for who cannot see it. */
  readonly label = input.required<string>();

  private readonly rows = computed(() => qrMatrix(this.text()));
  protected readonly box = computed(() => {
    const size = this.rows().length + 2 * QUIET;
    return `0 0 ${size} ${size}`;
  });
  protected readonly path = computed(() =>
    this.rows()
      .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : '')))
      .join(''),
  );
}
