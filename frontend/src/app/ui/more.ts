import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { CdkMenu, CdkMenuItem, CdkMenuTrigger } from '@angular/cdk/menu';
import { lucideEllipsis } from '@ng-icons/lucide';
import { Icon } from './icon';

/** One thing to do with a row. */
export interface Act {
  readonly title: string;
  readonly icon?: string;
  readonly bad?: boolean;
  run(): unknown;
}

/** What else can be done with a row, behind three dots. */
@Component({
  selector: 'sb-more',
  imports: [CdkMenu, CdkMenuItem, CdkMenuTrigger, Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <button
      type="button"
      class="btn btn-quiet btn-icon btn-small"
      [cdkMenuTriggerFor]="menu"
      [attr.aria-label]="label()"
    >
      <sb-icon [svg]="dots" [size]="16" />
    </button>
    <ng-template #menu>
      <div cdkMenu class="menu w-56">
        @for (act of acts(); track act.title) {
          <button cdkMenuItem class="menu-item" [class.text-bad]="act.bad" (cdkMenuItemTriggered)="act.run()">
            @if (act.icon; as svg) {
              <sb-icon [svg]="svg" [size]="16" />
            }
            <span>{{ act.title }}</span>
          </button>
        }
      </div>
    </ng-template>
  `,
})
export class More {
  readonly acts = input.required<readonly Act[]>();
  /** Of what the acts are, such as "More about the key Deploys". */
  readonly label = input.required<string>();
  protected readonly dots = lucideEllipsis;
}
