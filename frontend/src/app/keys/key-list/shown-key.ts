import { ChangeDetectionStrategy, Component, computed, inject, input, output } from '@angular/core';
import { CurrentWorkspace } from '../../session';
import { Code, Dialog, Secret } from '../../ui';
import type { Shown } from '../key.store';

/** The secret of a key, this once, and how it is used. */
@Component({
  selector: 'sb-shown-key',
  imports: [Code, Dialog, Secret],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-dialog [heading]="heading()" [open]="true" [lasting]="true" (closed)="closed.emit()">
      <sb-secret [value]="shown().key" />
      <p class="mt-4 mb-1.5 font-medium" i18n>Try it</p>
      <sb-code [text]="snippet()" label="A request with this key" i18n-label />
      <p class="hint mt-2 mb-0">
        <ng-container i18n
          >Everything that can be asked is in the <a class="link" href="/api/docs" target="_blank">API's explorer</a>.
          Programs should read the key from their environment, not from their source.</ng-container
        >
      </p>
      <button action type="button" class="btn btn-primary" (click)="closed.emit()" i18n>I have kept it</button>
    </sb-dialog>
  `,
})
export class ShownKey {
  private readonly workspaceId = inject(CurrentWorkspace).required();
  readonly shown = input.required<Shown>();
  readonly closed = output();
  protected readonly heading = computed(() => $localize`The key ${this.shown().name}:key:`);
  protected readonly snippet = computed(
    () =>
      `export SIGNALBOX_KEY='${this.shown().key}'\ncurl -H "X-API-Key: $SIGNALBOX_KEY" \\\n  ${location.origin}/api/v1/workspaces/${this.workspaceId}/deals`,
  );
}
