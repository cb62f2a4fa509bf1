import { ChangeDetectionStrategy, Component, computed, inject, input, output } from '@angular/core';
import { lucidePencil, lucideTrash2 } from '@ng-icons/lucide';
import { type Act, Ago, Confirm, More } from '../../ui';
import { type Channel, ChannelsStore } from './channels.store';

/** A channel: where it leads, how it stands, and what the other side said to the last test. */
@Component({
  selector: 'sb-channel-row',
  imports: [Ago, More],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block px-5 py-3' },
  template: `
    <div class="flex items-center gap-3">
      <div class="min-w-0 flex-1">
        <p class="m-0 flex items-center gap-2">
          <span class="truncate font-medium">{{ one().name }}</span>
          <span class="badge">{{ kinds[one().kind] }}</span>
          @if (!one().enabled) {
            <span class="badge badge-bad" i18n>stopped</span>
          } @else if (one().failingSince) {
            <span class="badge badge-warn" i18n>failing</span>
          }
        </p>
        <p class="hint m-0 truncate">
          <code class="font-mono">{{ one().address }}</code>
          @if (!one().shared) {
            · {{ store.nameOf(one().workspaceId) }}
          }
          @if (one().failingSince; as since) {
            · <ng-container i18n>fails since</ng-container> <sb-ago [at]="since" />
          }
        </p>
        @if (one().disabledReason; as why) {
          <p class="error m-0">{{ why }}</p>
        }
      </div>
      @if (changeable()) {
        @if (!one().enabled) {
          <button type="button" class="btn btn-small" (click)="store.restart(one())" i18n>Start again</button>
        }
        <button
          type="button"
          class="btn btn-small"
          [disabled]="store.testing() === one().id"
          (click)="store.test(one())"
          i18n
        >
          Test
        </button>
        <sb-more [acts]="acts()" [label]="moreLabel()" />
      }
    </div>
    <div role="status">
      @if (store.tested().get(one().id); as answer) {
        <p
          class="mt-2 mb-0 rounded-[10px] px-3 py-2 text-[0.8125rem] wrap-anywhere"
          [class]="answer.ok ? 'bg-ok-soft text-ok' : 'bg-bad-soft text-bad'"
        >
          @if (answer.ok) {
            <ng-container i18n>The test arrived. The other side said:</ng-container>
          } @else {
            <ng-container i18n>The test did not arrive:</ng-container>
          }
          {{ answer.answer }}
        </p>
      }
    </div>
  `,
})
export class ChannelRow {
  protected readonly store = inject(ChannelsStore);
  private readonly confirm = inject(Confirm);
  readonly one = input.required<Channel>();
  readonly changeable = input(true);
  readonly edited = output();
  protected readonly kinds = { slack: 'Slack', discord: 'Discord', webhook: $localize`Webhook` };
  protected readonly moreLabel = computed(() => $localize`More about ${this.one().name}:name:`);
  protected readonly acts = computed<readonly Act[]>(() => [
    { title: $localize`Edit`, icon: lucidePencil, run: () => this.edited.emit() },
    { title: $localize`Remove`, icon: lucideTrash2, bad: true, run: () => this.remove() },
  ]);

  private async remove(): Promise<void> {
    const one = this.one();
    const sure = await this.confirm.ask({
      heading: $localize`Remove “${one.name}:name:”?`,
      text: $localize`Nothing is sent there any more, and its address and secret are forgotten.`,
      action: $localize`Remove the channel`,
      bad: true,
    });
    if (sure) await this.store.remove(one);
  }
}
