import { ChangeDetectionStrategy, Component, computed, inject, output } from '@angular/core';
import { lucideX } from '@ng-icons/lucide';
import { problemOf } from '../../api';
import { Icon, poll, Toasts } from '../../ui';
import { Replays } from './replays';

/** How far the workspace's replay is, with a way to stop it. */
@Component({
  selector: 'sb-replay-progress',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    @if (replays.last(); as one) {
      <div class="panel mb-4 flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3" role="status">
        <div class="min-w-0 flex-1">
          <p class="m-0 font-medium">
            @switch (one.state) {
              @case ('running') {
                <ng-container i18n>Sending again</ng-container>
              }
              @case ('done') {
                <ng-container i18n>Sent again</ng-container>
              }
              @case ('stopped') {
                <ng-container i18n>Stopped</ng-container>
              }
              @case ('failed') {
                <ng-container i18n>The replay failed</ng-container>
              }
            }
            <span class="font-normal text-muted tabular">
              @if (one.total === null) {
                <ng-container i18n>looking for what fits</ng-container>
              } @else {
                <ng-container i18n>{{ one.done }} of {{ one.total }}</ng-container>
              }
            </span>
          </p>
          <p class="m-0 truncate font-mono text-xs text-muted">{{ one.filter }}</p>
          @if (one.error; as error) {
            <p class="m-0 text-bad">{{ error }}</p>
          }
        </div>
        @if (one.state === 'running') {
          <progress
            class="h-1.5 w-40 accent-(--brand)"
            [attr.max]="one.total ?? 1"
            [attr.value]="one.total === null ? null : one.done"
            [attr.aria-label]="label"
          ></progress>
          <button type="button" class="btn btn-small" (click)="stop()" i18n>Stop</button>
        } @else {
          <button
            type="button"
            class="btn btn-quiet btn-icon btn-small"
            aria-label="Show this no more"
            i18n-aria-label
            (click)="replays.forget()"
          >
            <sb-icon [svg]="icons.lucideX" [size]="16" />
          </button>
        }
      </div>
    }
  `,
})
export class ReplayProgress {
  private readonly toasts = inject(Toasts);
  protected readonly replays = inject(Replays);
  readonly over = output();
  protected readonly icons = { lucideX };
  protected readonly label = $localize`How far it is`;
  private readonly running = computed(() => this.replays.last()?.state === 'running');

  constructor() {
    poll(1000, async () => {
      if (this.running() && (await this.replays.look())) this.over.emit();
    });
  }

  protected async stop(): Promise<void> {
    try {
      await this.replays.stop();
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }
}
