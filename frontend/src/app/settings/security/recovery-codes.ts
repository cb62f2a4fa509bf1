import { ChangeDetectionStrategy, Component, computed, inject, input, output } from '@angular/core';
import { lucideDownload, lucidePrinter } from '@ng-icons/lucide';
import { Session } from '../../session';
import { Copy, Dialog, Icon } from '../../ui';
import { save } from '../../ui/save';

/** New recovery codes, shown once: to copy, save or print. */
@Component({
  selector: 'sb-recovery-codes',
  imports: [Copy, Dialog, Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-dialog
      heading="Keep these recovery codes"
      i18n-heading
      [open]="codes() !== undefined"
      [lasting]="true"
      (closed)="kept.emit()"
    >
      <p class="m-0 mb-4 text-muted" i18n>
        Each signs you in once when your phone or passkey is gone. They are not shown again: print them, or put them
        where your passwords are.
      </p>
      <div class="relative rounded-[10px] border border-line bg-raised p-4">
        <ol class="m-0 grid list-none gap-x-6 gap-y-1 p-0 font-mono text-[0.8125rem] break-all">
          @for (code of codes(); track code) {
            <li>{{ code }}</li>
          }
        </ol>
        <sb-copy class="absolute top-1.5 right-1.5" [text]="text()" />
      </div>
      <div class="mt-3 flex flex-wrap gap-2">
        <button type="button" class="btn btn-small" (click)="download()">
          <sb-icon [svg]="icons.lucideDownload" [size]="16" /><span i18n>Download</span>
        </button>
        <button type="button" class="btn btn-small" (click)="print()">
          <sb-icon [svg]="icons.lucidePrinter" [size]="16" /><span i18n>Print</span>
        </button>
      </div>
      <button action type="button" class="btn btn-primary" (click)="kept.emit()" i18n>I have kept them</button>
    </sb-dialog>
  `,
})
export class RecoveryCodes {
  private readonly session = inject(Session);
  readonly codes = input.required<readonly string[] | undefined>();
  readonly kept = output();
  protected readonly icons = { lucideDownload, lucidePrinter };
  protected readonly text = computed(() => (this.codes() ?? []).join('\n'));

  protected download(): void {
    const whose = $localize`Signalbox recovery codes of ${this.session.person()?.email ?? ''}:email:`;
    save('signalbox-recovery-codes.txt', `${whose}\n\n${this.text()}\n`);
  }

  protected print(): void {
    print();
  }
}
